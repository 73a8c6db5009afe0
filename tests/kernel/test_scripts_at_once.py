"""Two administrators apply at the same time, each from a folder of their own: one of them waits for the other."""

from typing import Final

from tests.kernel.iptables_loaded import Site
from tests.kernel.lab import Lab, find_tool, save
from tests.kernel.nftables_loaded import place, ruleset, script
from tests.support.iptables import make_plan as make_iptables_plan
from tests.support.iptables import render_iptables
from tests.support.plans import make_plan, service
from tests.support.targets import render

# Does what a tool does; at one of its calls, once, somebody else's command begins, and has a second for it.
INTERRUPTED: Final = """#!/bin/sh
if [ "$*" = "CALL" ] && mkdir "$0.met" 2>/dev/null; then
	TOOL "$@" || exit
	COMMAND &
	sleep 1
	exit 0
fi
exec TOOL "$@"
"""


def interrupt(lab: Lab, tool: str, call: str, command: str) -> str:
    """A tool, first in the path that is returned, during whose `call` the command begins."""
    text = INTERRUPTED.replace("CALL", call).replace("TOOL", find_tool(tool)).replace("COMMAND", command)
    (lab.folder / tool).write_text(text, encoding="utf-8")
    (lab.folder / tool).chmod(0o755)
    return f"PATH={lab.folder}:/usr/sbin:/usr/bin:/bin"


def test_two_first_loads_of_a_guard_leave_the_one_that_came_last(small_lab: Lab) -> None:
    mine, theirs = (
        render(make_plan([service("imaps")], {"hubspot": {"imaps": [network]}})) for network in ("198.51.100.7", "198.51.100.0/24")
    )
    script(small_lab, theirs, "guard-apply.sh")
    wanted = ruleset(small_lab)
    script(small_lab, theirs, "guard-undo.sh")
    path = interrupt(small_lab, "nft", "-c -f -", f"sh {place(small_lab, theirs, 'theirs')}/guard-apply.sh")

    small_lab.run("env", path, "sh", str(place(small_lab, mine, "mine") / "guard-apply.sh"))

    assert ruleset(small_lab) == wanted


def test_two_loads_of_ipsets_leave_the_ones_that_came_last(small_lab: Lab) -> None:
    mine, theirs = (
        Site(small_lab, render_iptables(make_iptables_plan(grants={"hubspot": (("imaps",), networks)}), layout="ipset"), folder=folder)
        for folder, networks in (("mine", ("198.51.100.0/25",)), ("theirs", ("203.0.113.0/28", "203.0.113.77")))
    )
    theirs.apply()
    wanted = save(small_lab)
    path = interrupt(small_lab, "ipset", "restore -exist", f"sh {small_lab.folder}/theirs/apply.sh")

    small_lab.run("env", path, "sh", f"{mine.folder}/apply.sh")

    assert save(small_lab) == wanted
