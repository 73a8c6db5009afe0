"""Small backups of firewalls, a site's objects to merge into them, and merging without files."""

from typing import Final

from generator.diagnostics import Report, Span
from generator.merge import LAYOUTS, Backup, Merged, Owner, Wanted, merge_objects, read_fragment, recognise
from generator.merge.tree import parse_xml

PLACE: Final = Span("target.yaml", 1, 1, 1, 1)
# Planted wherever a backup has text of its own: no output may hold any of it.
SECRET: Final = "s3cr3t"  # noqa: S105 (a word to look for)

PFSENSE: Final = """\
<?xml version="1.0"?>
<pfsense>
	<version>22.9</version>
	<system>
		<user>
			<name>s3cr3t-admin</name>
			<bcrypt-hash>$2y$10$s3cr3t</bcrypt-hash>
			<descr><![CDATA[s3cr3t &amp; Zoë]]></descr>
		</user>
	</system>
	<interfaces>
		<wan>
			<if>igb0</if>
		</wan>
		<lan>
			<if>igb1</if>
		</lan>
	</interfaces>
	<nat>
		<rule>
			<target>10.20.0.80</target>
			<local-port>s3cr3t_web</local-port>
			<interface>wan</interface>
			<associated-rule-id>nat_s3cr3t</associated-rule-id>
		</rule>
	</nat>
	<filter>
		<rule>
			<id></id>
			<tracker>1690000001</tracker>
			<type>pass</type>
			<interface>wan</interface>
			<source>
				<any></any>
			</source>
			<destination>
				<address>s3cr3t_hosts</address>
			</destination>
			<descr><![CDATA[s3cr3t rule]]></descr>
		</rule>
		<rule>
			<tracker>1690000002</tracker>
			<type>pass</type>
			<interface>lan</interface>
			<descr><![CDATA[s3cr3t lan]]></descr>
		</rule>
		<separator>
			<wan>
				<sep0>
					<row>fr0</row>
					<text><![CDATA[s3cr3t bar]]></text>
				</sep0>
				<sep1>
					<row>fr1</row>
					<text><![CDATA[s3cr3t end]]></text>
				</sep1>
			</wan>
			<lan></lan>
		</separator>
	</filter>
	<aliases>
		<alias>
			<name>s3cr3t_hosts</name>
			<type>host</type>
			<address>10.20.0.80</address>
			<descr></descr>
		</alias>
	</aliases>
	<cert>
		<prv>s3cr3tkey==</prv>
	</cert>
</pfsense>
"""
OPNSENSE: Final = """\
<?xml version="1.0"?>
<opnsense>
  <system>
    <hostname>s3cr3t-gw</hostname>
    <password>s3cr3t</password>
  </system>
  <interfaces>
    <wan>
      <if>vtnet0</if>
    </wan>
  </interfaces>
  <OPNsense>
    <Firewall>
      <Alias version="1.0.1">
        <geoip>
          <url/>
        </geoip>
        <aliases>
          <alias uuid="3f0c4a52-0c1b-4a0e-9f43-000000000001">
            <enabled>1</enabled>
            <name>s3cr3t_hosts</name>
            <content>10.20.0.80
10.20.0.81</content>
          </alias>
        </aliases>
      </Alias>
      <Filter version="1.0.4">
        <rules>
          <rule uuid="3f0c4a52-0c1b-4a0e-9f43-000000000002">
            <enabled>1</enabled>
            <sequence>100</sequence>
            <interface>wan</interface>
            <source_net>s3cr3t_hosts</source_net>
            <description>s3cr3t rule</description>
          </rule>
        </rules>
        <snatrules/>
      </Filter>
    </Firewall>
  </OPNsense>
</opnsense>
"""
TEXTS: Final = {"pfsense": PFSENSE, "opnsense": OPNSENSE}


def owner(site: str = "acme") -> Owner:
    """How the objects of a site are told from others."""
    return Owner(site, f"gatepost_{site.replace('-', '_')}__", f"gatepost {site}: ", 2_000_000_000, 2_147_483_647)


def area(text: str, name: str) -> str:
    """One area of pfSense's configuration, as its backup page gives it: without an XML declaration, after an empty line."""
    start, end = text.index(f"\t<{name}>"), text.index(f"\t</{name}>") + len(f"\t</{name}>\n")
    return "\n" + "".join(line.removeprefix("\t") for line in text[start:end].splitlines(keepends=True))


def backup(text: str | bytes) -> Backup:
    """A backup in memory."""
    data = text.encode() if isinstance(text, str) else text
    return Backup("config.xml", data, parse_xml(data))


def pfsense_alias(name: str, address: str = "192.0.2.1") -> str:
    """An alias as a template makes it."""
    return f"<alias>\n\t<name>{name}</name>\n\t<address>{address}</address>\n\t<descr><![CDATA[gatepost acme: it]]></descr>\n</alias>\n"


def pfsense_rule(tracker: int, mark: str = "gatepost acme: ", interface: str = "wan", source: str = "gatepost_acme__crm") -> str:
    """A rule as a template makes it."""
    source_lines = f"\t<source>\n\t\t<address>{source}</address>\n\t</source>\n"
    head = f"<rule>\n\t<id></id>\n\t<tracker>{tracker}</tracker>\n\t<interface>{interface}</interface>\n"
    return f"{head}{source_lines}\t<descr><![CDATA[{mark}{tracker}]]></descr>\n</rule>\n"


def opnsense_alias(name: str, number: int = 1, content: str = "192.0.2.1\n192.0.2.2") -> str:
    """An alias as a template makes it."""
    fields = f"<name>{name}</name>\n<content>{content}</content>\n<description>gatepost acme it</description>"
    return f'<alias uuid="00000000-0000-4000-8000-{number:012}">\n{fields}\n</alias>\n'


def opnsense_rule(number: int, mark: str = "gatepost acme: ", interface: str = "wan") -> str:
    """A rule as a template makes it; its number is its sequence number too."""
    fields = f"<enabled>1</enabled>\n<sequence>{number}</sequence>\n<interface>{interface}</interface>"
    description = f"<description>{mark}{number}</description>"
    return f'<rule uuid="00000000-0000-4000-9000-{number:012}">\n{fields}\n{description}\n</rule>\n'


FRAGMENTS: Final = {
    "pfsense": (
        pfsense_alias("gatepost_acme__SERVER") + pfsense_alias("gatepost_acme__crm"),
        pfsense_rule(2000000001) + pfsense_rule(2000000002),
    ),
    "opnsense": (opnsense_alias("gatepost_acme__SERVER") + opnsense_alias("gatepost_acme__crm", 2), opnsense_rule(1) + opnsense_rule(2)),
}


def read_wanted(product: str, fragments: tuple[str, str], who: Owner, report: Report) -> dict[str, tuple[Wanted, ...]]:
    """The objects that two fragments hold, by part."""
    layout = LAYOUTS[product]
    return {part.name: read_fragment(text, part, who, layout, PLACE, report) for part, text in zip(layout.parts, fragments, strict=True)}


def merge(
    text: str | bytes, product: str, fragments: tuple[str, str], *, site: str = "acme", report: Report | None = None
) -> Merged | None:
    """A backup with fragments for aliases and rules merged into it."""
    report = report or Report()
    who, layout = owner(site), LAYOUTS[product]
    wanted = read_wanted(product, fragments, who, report)
    document = recognise(backup(text), layout, report)
    assert document is not None, report.findings
    keys = frozenset(item.key for items in wanted.values() for item in items)
    return merge_objects(document, wanted, who._replace(keys=keys), report)


def merged_text(text: str | bytes, product: str, fragments: tuple[str, str] | None = None, *, site: str = "acme") -> str:
    """The text of a merge that finds nothing wrong; without fragments, those of the site `acme`."""
    done = merge(text, product, fragments or FRAGMENTS[product], site=site)
    assert done is not None
    return done.data.decode()


def removed_text(text: str | bytes, product: str, *, site: str = "acme") -> str:
    """The text without a site's objects."""
    return merged_text(text, product, ("", ""), site=site)


def codes_of(text: str | bytes, product: str, fragments: tuple[str, str] | None = None) -> list[str]:
    """What a merge finds: `CODE line:column`."""
    report = Report()
    merge(text, product, FRAGMENTS[product] if fragments is None else fragments, report=report)
    return [f"{finding.code} {finding.span.line}:{finding.span.column}" if finding.span else finding.code for finding in report.findings]
