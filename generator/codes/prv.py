"""PRV: what stands in the way of a proof."""

from typing import Final

from generator.codes import Code

_OURS: Final = "gatepost's own rule; docs/ARCHITECTURE.md"

CODES: Final = (
    Code(
        "PRV001",
        "error",
        "a file that no rendered file is called like",
        "`prove --artifact FILE` tries a file of yours in the place of the rendered one of the same name, with the rendered scripts\n"
        "that load it and take it out again. The hint lists the names that the target writes for this site, each for one file.",
        _OURS,
    ),
    Code(
        "PRV002",
        "error",
        "an artifact that cannot be read",
        "The operating system refused to read the file, or its bytes are not UTF-8.",
        _OURS,
    ),
)
