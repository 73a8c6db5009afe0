"""Writes docs/FINDINGS.md from the catalogue: `python -m tests.docs.findings > docs/FINDINGS.md`."""

import sys
from typing import Final

from generator.codes import AREAS, Code, area_codes

AREA_TITLES: Final = {
    "YML": "the text of a file",
    "SCH": "the shape of a document",
    "NET": "addresses and ports",
    "PLN": "what a site means",
    "TGT": "targets and the output folder",
    "LCK": "vendors' feeds and the lock",
    "AUD": "live rules, differences and reports",
    "PRE": "what a preflight begins with",
    "PRV": "what stands in the way of a proof",
}
_HEAD: Final = """\
# Findings

Every finding has a code, a place in your file, and a hint. A code never gets another meaning. Errors stop `render`; warnings do so with
`--strict`; notes are for you to know. `gatepost explain-code NET002` prints an entry of this page, which is made from `generator/codes/`.
"""


def findings_page() -> str:
    """The whole page."""
    areas = (f"\n## {area}: {AREA_TITLES[area]}\n{''.join(map(_entry, area_codes(area)))}" for area in AREAS)
    return _HEAD + "".join(areas)


def _entry(code: Code) -> str:
    explanation = " ".join(code.explanation.split("\n"))
    return f"\n### {code.name}\n\n**{code.severity}: {code.summary}.** {explanation}\n\nSource: {code.source}\n"


if __name__ == "__main__":
    sys.stdout.write(findings_page())
