"""AUD080 to AUD099: what is different between two sides. Part of `aud`."""

from typing import Final

from generator.codes import Code

_OURS: Final = "gatepost's own rule; docs/DIFF.md"

DIFF_CODES: Final = (
    Code(
        "AUD080",
        "error",
        "a file that is nothing to compare",
        "`diff` compares sites, saved plans, locks, rules that a firewall printed or gatepost rendered, and folders of them. What this\n"
        "file is can't be told from what is in it.",
        _OURS,
    ),
    Code(
        "AUD081",
        "error",
        "a saved plan that is not whole",
        "A saved plan is what `gatepost plan SITE --format json` prints, of the version that the message names. One that was cut, changed\n"
        "by hand or made by a later version is not compared.",
        "docs/PLAN-SCHEMA.md",
    ),
    Code(
        "AUD082",
        "error",
        "a git revision, or a file in it, that can't be read",
        "`REV:path` and `REV..REV path` name files as git does: `path` counts from the top of the repository, or from here if it begins\n"
        "with a dot; behind a range it counts from here. The revision has to be in the repository.",
        "gitrevisions(7)",
    ),
    Code(
        "AUD083",
        "warning",
        "somebody gets in who did not",
        "The new side lets these addresses in, or no longer keeps them out, and the old one did not. Whoever reviews the change has to\n"
        "know why.",
        _OURS,
    ),
    Code(
        "AUD084",
        "note",
        "somebody no longer gets in",
        "The new side keeps these addresses out, or no longer lets them in, and the old one did not.",
        _OURS,
    ),
    Code(
        "AUD085",
        "warning",
        "who gets in can't be told",
        "A rule of one of the sides has a condition that can't be judged from outside, or is not understood. Whether these addresses get\n"
        "in is unknown on that side, so what became of them is too.",
        _OURS,
    ),
    Code(
        "AUD086",
        "note",
        "a setting changed, or whose an address is",
        "Who gets in is not touched by it: TLS, connections, dates and names, options of targets, or an address that is let in as before,\n"
        "for another connector.",
        _OURS,
    ),
    Code(
        "AUD087",
        "warning",
        "a part that is on one side alone",
        "Of two folders, files are compared with those of their name. This one is missing on the other side, so what it says is not part\n"
        "of the answer.",
        _OURS,
    ),
    Code(
        "AUD088",
        "error",
        "a lock with a connector that no shipped profile describes",
        "A lock holds addresses, and not the services that they are let in to: those are in the connector's profile, which the site\n"
        "names. Of a lock alone, the shipped profile of the connector's name tells them. Where the profile is your own, or the site\n"
        "gives the connector another name, compare the site.",
        _OURS,
    ),
)
