"""Sites whose merged configurations are compared in detail: several connectors, both families, every kind of access, a moved port."""

from typing import Final

from tests.pfsense.random_sites import Case
from tests.support.sites import RandomConnector, RandomSite

CRM: Final = RandomConnector("crm", ("imaps", "submission", "smtp"), ("198.51.100.0/25", "203.0.113.7", "2001:db8:100::/48"), None, 2)
HELPDESK: Final = RandomConnector("helpdesk", ("imaps", "imap"), ("203.0.113.16/28", "2001:db8:200:1::/64"), None, 1)
MAILBOXES: Final = RandomConnector("mailboxes", ("submissions",), ("203.0.113.64/27", "2001:db8:300::/56"), None, 4)
TRUSTED: Final = ("192.0.2.0/26", "2001:db8:a::/48")

# Port 25 stays as it is for others; submission is open to all; imaps moved.
ADDITIVE: Final = Case(RandomSite((CRM, HELPDESK), TRUSTED, (("submission", "public"),)), (("imaps", 1993),), ("wan",))
# Port 25 is closed to others.
EXCLUSIVE: Final = Case(RandomSite((CRM, HELPDESK), TRUSTED, (("smtp", "{mode: allowlist, exclusive: true}"),)), (), ("wan",))
# Nobody's own networks, one connector, two ways in; no port of the first site.
TWO_WAYS: Final = Case(RandomSite((MAILBOXES,), (), ()), (), ("wan", "opt1"))
