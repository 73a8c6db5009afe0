"""PLN: connectors without fixed addresses, and addresses that are not sure."""

from typing import Final

from generator.codes import Code

_OURS: Final = "gatepost's own rule; docs/ARCHITECTURE.md"

CODES: Final = (
    Code(
        "PLN070",
        "error",
        "a connector without fixed addresses, and no decision",
        "The vendor names no fixed addresses, or none was found, so no allowlist can be made of them, and gatepost never\n"
        "invents one. Either the site lists networks that you know, or it says for every service of the connector that\n"
        "everybody may reach it: `access: {SERVICE: public}`.",
        "OpenProject's cloud: its addresses are not permanent, so an allowlist is no option (github.com/opf/openproject/pull/14183)",
    ),
    Code(
        "PLN071",
        "note",
        "services open to the whole internet for one connector",
        "The site decided in words that everybody may reach the services of a connector without fixed addresses. The firewall\n"
        "then keeps nobody out of them: what is left is TLS, the login, and a limit of attempts.",
        _OURS,
    ),
    Code(
        "PLN072",
        "note",
        "networks of a connector whose vendor fixes none",
        "The vendor does not promise that the connector stays at these addresses. They may stop to work without a word, and\n"
        "whoever gets them next, or shares the provider's network, comes through the firewall.",
        _OURS,
    ),
    Code(
        "PLN073",
        "note",
        "addresses that are derived, and of low confidence",
        "The profile holds no list that the vendor published for this use. It was derived from something else, such as the\n"
        "networks that the company announces, or a list for another direction of traffic. It may hold too much and too\n"
        "little: compare it with what your server's log shows.",
        "the profile's `confidence` and `references`; `gatepost connectors show NAME` prints them",
    ),
)
