"""Sites for reports: one with something of everything, and one whose every text tries to be markup."""

from pathlib import Path
from typing import Final

from tests.support.cli import PROFILE, SITE

TODAY: Final = "2026-11-23"
EXPECTED: Final = """\
expect:
  - {from: 198.51.100.10, to: imaps, verdict: allow}
  - {from: 192.0.2.1, to: imaps, verdict: deny}
"""
FULL: Final = (
    SITE.replace("    mailboxes: 3\n", "    mailboxes: 3\n    owner: it@example.org\n    ticket: NET-1042\n    expires: 2027-06-30\n")
    .replace("      - 203.0.113.0/28\n", "      - 203.0.113.0/28\n      - {network: 203.0.113.4, note: the old sync host}\n")
    .replace("name: acme\n", "name: acme\ntitle: Mail of ACME\nnotes: [the server moves in May]\n")
    + EXPECTED
)

# What ends an element, an attribute, a comment or a style sheet, and what would run.
ATTACK: Final = (
    """</title></style></script><script>document.title='hacked'</script><img src=x onerror=alert(1)>\\"'&amp;{{ 7*7 }}{% raw %}-->"""
)
HOSTILE_URL: Final = "https://example.org/?a=\"onmouseover='document.title=1'><script>alert(1)</script>"


def write_full(folder: Path) -> Path:
    """A site with an owner, a ticket, a date, notes and expectations."""
    (folder / "crm.yaml").write_text(
        PROFILE.replace(
            "vendor: Example\n",
            "vendor: Example\nreviewed: 2026-11-01\nreferences:\n  - {url: 'https://example.org/docs', says: the ports}\n",
        ),
        encoding="utf-8",
    )
    (folder / "acme.yaml").write_text(FULL, encoding="utf-8")
    return folder / "acme.yaml"


def write_hostile(folder: Path) -> Path:
    """A site in which every free text is an attack."""
    attack = "'" + ATTACK.replace("'", "''") + "'"
    profile = PROFILE.replace("title: Example CRM mailbox sync", f"title: {attack}").replace("vendor: Example\n", f"vendor: {attack}\n")
    profile = profile.replace("how: in the CRM, Settings > Mail > Addresses", f"how: {attack}")
    profile = profile.replace("[the shared inbox takes no IMAP]", f"[{attack}]").replace("[courier-imap]", f"[{attack}]")
    url = "'" + HOSTILE_URL.replace("'", "''") + "'"
    (folder / "crm.yaml").write_text(f"{profile}references:\n  - {{url: {url}, says: {attack}}}\n", encoding="utf-8")
    site = FULL.replace("Mail of ACME", attack).replace("[the server moves in May]", f"[{attack}]").replace("the old sync host", attack)
    site = site.replace("it@example.org", attack).replace("NET-1042", attack).replace("reason: an example", f"reason: {attack}")
    (folder / "acme.yaml").write_text(site, encoding="utf-8")
    return folder / "acme.yaml"
