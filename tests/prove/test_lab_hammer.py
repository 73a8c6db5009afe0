"""Connecting in a loop shows what a reload does to connections: the refusals of microseconds, and their absence."""

from functools import partial

from tests.kernel.handmade import MAKE_ANEW, REFRESH_IN_PLACE, load
from tests.kernel.lab import HammerCounts, Lab
from tests.scale import scaled

ALLOWED = [("198.51.100.7", 993), ("2001:db8:100::7", 587)]
OUTSIDE = [("198.51.100.128", 993), ("2001:db8:101::7", 587)]
LOSING_PACKETS = """
table inet t {
	chain c {
		type filter hook input priority 0; policy accept;
		tcp flags syn tcp dport 993 limit rate over 20/second drop
	}
}
"""


def reload(lab: Lab, ruleset: str, times: int) -> HammerCounts:
    def during() -> None:
        for _ in range(times):
            load(lab, ruleset)

    return lab.hammer(allowed=ALLOWED, outside=OUTSIDE, during=during)


def remove_and_load(lab: Lab) -> None:
    load(lab, "delete table inet gatepost_acme\n")
    lab.run("sleep", "0.1")
    load(lab, MAKE_ANEW)


def test_making_a_table_anew_refuses_allowed_connections(lab: Lab) -> None:
    lab.listen(587, 993)
    load(lab, MAKE_ANEW)
    rounds = (reload(lab, MAKE_ANEW, 20) for _ in range(50))

    seen = next((counts for counts in rounds if counts.refused), None)

    assert seen is not None


def test_refreshing_in_place_refuses_nobody_and_admits_nobody(lab: Lab) -> None:
    lab.listen(587, 993)
    load(lab, REFRESH_IN_PLACE)

    counts = reload(lab, REFRESH_IN_PLACE, scaled(400))

    assert (counts.refused, counts.admitted) == (0, 0)


def test_a_moment_without_rules_lets_outsiders_in(lab: Lab) -> None:
    lab.listen(587, 993)
    load(lab, MAKE_ANEW)
    rounds = (lab.hammer(allowed=ALLOWED, outside=OUTSIDE, during=partial(remove_and_load, lab)) for _ in range(20))

    seen = next((counts for counts in rounds if counts.admitted), None)

    assert seen is not None


def test_a_dropped_packet_that_the_kernel_repeats_is_counted(lab: Lab) -> None:
    lab.listen(587, 993)
    load(lab, LOSING_PACKETS)

    counts = lab.hammer(allowed=ALLOWED, outside=[], during=lambda: lab.run("sleep", "1.5"))

    assert counts.refused > 0
