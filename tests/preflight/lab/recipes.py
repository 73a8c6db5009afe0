"""The certificates of the lab: what each is like. The host that shows certificate NAME is NAME.example.org."""

from typing import Final, NamedTuple

DOMAIN: Final = "example.org"
_PUBLIC: Final = ("intermediate",)


class Recipe(NamedTuple):
    """How a certificate is made. In `common_name` and `names` (the SAN), {host} is the host that shows it.

    `issuer` is an authority, or empty for one that signs itself; `sent` are the authorities whose certificates go with it; `days` are from
    when and until when it is valid, counted from now; `repeated` is how often it is sent again.
    """

    common_name: str = "{host}"
    names: tuple[str, ...] = ("{host}",)
    issuer: str = "intermediate"
    sent: tuple[str, ...] = _PUBLIC
    days: tuple[float, float] = (-10, 200)
    key: str = "ec"
    digest: str = "sha256"
    purposes: tuple[str, ...] = ("server", "client")
    repeated: int = 0


RECIPES: Final = {
    "good": Recipe(),
    "rsa": Recipe(key="rsa2048"),
    "rsa-wildcard": Recipe("*.example.org", ("*.example.org",), key="rsa2048"),
    "both": Recipe("good.example.org", ("good.example.org", "both.example.org")),
    # Names.
    "wildcard": Recipe("*.example.org", ("*.example.org",)),
    "wildcard-cn-only": Recipe("*.example.org", ()),
    "wildcard-too-shallow": Recipe("*.example.org", ("*.example.org",)),  # shown by a host two labels below
    "wildcard-part": Recipe("wild*.example.org", ("wild*.example.org",)),
    "wildcard-twice": Recipe("mail.example.org", ("*.*.org",)),
    "wildcard-top": Recipe("mail.example.org", ("*.org",)),
    "san-only": Recipe("", ("{host}",)),
    "san-other-cn": Recipe("mail.example.org", ("{host}",)),
    "san-upper": Recipe("{host}", ("SAN-UPPER.Example.ORG",)),
    "cn-only": Recipe("{host}", ()),
    "cn-ignored": Recipe("{host}", ("mail.example.org",)),
    "wrong-name": Recipe("www.example.net", ("www.example.net", "mail.example.net")),
    "xn--mller-kva": Recipe("{host}", ("{host}",)),  # müller
    "address": Recipe("192.0.2.99", ("ip:192.0.2.99",)),
    # Dates.
    "expired": Recipe(days=(-100, -1)),
    "not-yet": Recipe(days=(2, 200)),
    "soon": Recipe(days=(-80, 10)),
    "short-lived": Recipe(days=(-1, 6)),
    "short-lived-late": Recipe(days=(-5, 1)),
    "expired-and-wrong": Recipe("www.example.net", ("www.example.net",), days=(-100, -1)),
    "expired-intermediate": Recipe(issuer="expired-intermediate", sent=("expired-intermediate",)),
    # Keys, signatures and purposes.
    "rsa-1024": Recipe(key="rsa1024"),
    "sha1": Recipe(digest="sha1"),
    "sha1-self-signed": Recipe(issuer="", sent=(), digest="sha1", key="rsa2048"),
    "md5": Recipe(issuer="", sent=(), digest="md5", key="rsa2048"),
    "client-only": Recipe(purposes=("client",)),
    "any-purpose": Recipe(purposes=()),
    # Chains.
    "self-signed": Recipe(issuer="", sent=()),
    "private": Recipe(issuer="private", sent=("private",)),
    "private-intermediate": Recipe(issuer="private-intermediate", sent=("private-intermediate", "private")),
    "incomplete": Recipe(sent=()),
    "incomplete-private": Recipe(issuer="private", sent=()),
    "with-root": Recipe(sent=("intermediate", "root")),
    "disordered": Recipe(sent=("root", "intermediate")),
    "direct": Recipe(issuer="root", sent=()),
    "intercepted": Recipe(issuer="scanner", sent=("scanner",)),
    "huge": Recipe(key="rsa2048", repeated=1500),  # a megabyte of certificates
}
