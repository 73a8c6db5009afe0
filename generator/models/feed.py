"""The feed of a connector: where a machine reads the vendor's addresses, and which part of it counts."""

from dataclasses import fields
from typing import Annotated, Final, Literal

from generator.models.fields import LINE, Filled, Line, Text, Url, Whole, key, part

# Printable ASCII without the characters that mean something in a path.
_KEY: Final = r"[ -)+\-/-Z\\^-z|~]+"
JSON_KEY: Final = rf"^{_KEY}$"
JSON_PATH: Final = rf"^((\[\])+|(\{{region\}}|\*|{_KEY})(\[\])*)(\.(\{{region\}}|\*|{_KEY})(\[\])*)*$"
# Labels of letters, digits, hyphens and underscores (`_spf.example.org` is no host name and yet has records), two or more.
DNS_NAME: Final = r"^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
SERVICE_TAG: Final = r"^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)?$"

JsonKey = Annotated[str, Text(JSON_KEY, 100)]
JsonPath = Annotated[str, Text(JSON_PATH, 300)]
DnsName = Annotated[str, Text(DNS_NAME, 253)]
ServiceTag = Annotated[str, Text(SERVICE_TAG, 200)]
Value = bool | int | Annotated[str, Text(LINE, 300, 1)]
Values = Value | Annotated[tuple[Value, ...], Filled()]


@part
class FeedList:
    """One list of a JSON document: where its records are, which of them count, and where a record holds its prefixes."""

    path: JsonPath = key(
        "Where the records are: keys joined by dots; `[]` every item of an array, `*` every value of an object, `{region}` the same, "
        "each key being the region.",
        examples=("prefixes[]", "regions.{region}.ipv4_cidrs[]"),
    )
    prefix: JsonKey | Annotated[tuple[JsonKey, ...], Filled()] | None = key(
        "The key or keys of a record that hold a prefix or an array of prefixes; left out: the record itself is a prefix.",
        default=None,
        examples=("ip_prefix", ["ipv4Prefix", "ipv6Prefix"]),
    )
    where: dict[JsonKey, Values] = key(
        "Which records count: each key has one of the values, or an array with one of them.",
        default={},
        examples=({"service": "AMAZON", "direction": ["egress"]},),
    )
    region: JsonKey | None = key(
        "The key that names the record's region or regions, in the record or in one around it.", default=None, examples=("region",)
    )


@part
class Feed:
    """A vendor's list for machines. Which keys go with a format: see `format`."""

    format: Literal["text", "json", "microsoft-365", "azure-service-tags", "ripestat", "spf", "dns"] = key(
        "`text`: one address or prefix a line, or a host name and its address; `json`: `lists`, `version`, `date`; "
        "`microsoft-365`: `where`; `azure-service-tags`: `tag`; `ripestat`: `asn`; `spf` and `dns`: `domain`."
    )
    url: Url | None = key(
        "Where the document is; left out where it depends on the account: the site's `feed_url` says it.",
        default=None,
        examples=("https://example.org/ip-ranges.json",),
    )
    lists: tuple[FeedList, ...] = key(
        "The lists of a JSON document that count, all together; left out: the document is an array of prefixes.",
        default=(),
        examples=([{"path": "prefixes[]", "prefix": "ip_prefix"}],),
    )
    version: JsonPath | None = key("The path of a value that only grows.", default=None, examples=("syncToken",))
    date: JsonPath | None = key("The path of the document's date.", default=None, examples=("createDate",))
    where: dict[JsonKey, Values] = key(
        "Which endpoint sets of Microsoft 365 count; several ports in one text are several values.",
        default={},
        examples=({"serviceArea": "Exchange", "tcpPorts": 143},),
    )
    tag: ServiceTag | None = key(
        "The service tag of Azure; its regions are those of the tags `TAG.REGION`.", default=None, examples=("AzureConnectors",)
    )
    asn: Annotated[int, Whole(1, 4_294_967_295)] | None = key(
        "The number of the autonomous system that announces the prefixes.", default=None, examples=(64496,)
    )
    domain: DnsName | Annotated[tuple[DnsName, ...], Filled()] | None = key(
        "The name or names that are asked for in the DNS.", default=None, examples=("_spf.example.org",)
    )
    note: Line = key("What else somebody should know who reads the feed.", default="")


FEED_FORMATS: Final[tuple[str, ...]] = ("text", "json", "microsoft-365", "azure-service-tags", "ripestat", "spf", "dns")
FEED_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "azure-service-tags": ("tag",),
    "ripestat": ("asn",),
    "spf": ("domain",),
    "dns": ("domain",),
}
_TAKES: Final[dict[str, tuple[str, ...]]] = {"json": ("lists", "version", "date"), "microsoft-365": ("where",)} | FEED_NEEDS


def keys_of_format(name: str) -> tuple[str, ...]:
    """The keys that a feed of one format may have."""
    return ("format", *(() if name in ("spf", "dns") else ("url",)), *_TAKES.get(name, ()), "note")


def foreign_keys(name: str) -> tuple[str, ...]:
    """The keys of a feed that one format has no use for."""
    return tuple(field.name for field in fields(Feed) if field.name not in keys_of_format(name))
