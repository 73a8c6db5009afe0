"""The models of both documents. Networks stay text: `net` reads them later; nothing here knows a place in a file."""

from generator.models.connector import (
    Addresses,
    CertificateRules,
    ConnectionUse,
    ConnectorModel,
    Reference,
    Region,
    Requires,
    ServiceFacts,
    TlsVersion,
)
from generator.models.fields import Network, NetworkEntry, OptionKey, Slug, key, network_text, part
from generator.models.site import (
    Access,
    AccessMode,
    Allowance,
    ConnectorUse,
    Expectation,
    OptionScalar,
    OptionSetting,
    ServerFacts,
    SiteModel,
)

__all__ = [
    "Access",
    "AccessMode",
    "Addresses",
    "Allowance",
    "CertificateRules",
    "ConnectionUse",
    "ConnectorModel",
    "ConnectorUse",
    "Expectation",
    "Network",
    "NetworkEntry",
    "OptionKey",
    "OptionScalar",
    "OptionSetting",
    "Reference",
    "Region",
    "Requires",
    "ServerFacts",
    "ServiceFacts",
    "SiteModel",
    "Slug",
    "TlsVersion",
    "key",
    "network_text",
    "part",
]
