"""AUD090 to AUD099: what a report is made with besides the site. Part of `aud`."""

from typing import Final

from generator.codes import Code

_SCHEMA: Final = "docs/PREFLIGHT-SCHEMA.md"

REPORT_CODES: Final = (
    Code(
        "AUD090",
        "error",
        "a preflight that is not whole",
        "`report --preflight` takes what `gatepost preflight SITE --format json` prints, of the version that the message names. One that\n"
        "was cut or changed by hand is not shown: half of it could look like a server without mistakes.",
        _SCHEMA,
    ),
    Code(
        "AUD091",
        "warning",
        "a preflight of another site, server or connector",
        "The preflight looked at the server of a site with another name, at a host that this site does not name, or for a connector that\n"
        "this site does not let in. It is shown as what it is, but says nothing about this site.",
        _SCHEMA,
    ),
)
