"""A merged prefix comes from every line that holds addresses of it, and from no other."""

from hypothesis import given
from hypothesis import strategies as st

from generator.compile.lists import SourceList
from generator.diagnostics import Span
from generator.net import Family, Prefix, make_prefix, merge_prefixes, parse_prefix, subtract_prefixes
from generator.review.report_lines import find_written, sort_written

NOWHERE = Span("list.txt", 1, 1, 1, 1)
# Few addresses, so that prefixes overlap, nest, meet and repeat.
PREFIXES = st.builds(
    lambda family, address, host_bits: make_prefix(family, address, family.bits - host_bits),
    st.sampled_from(Family),
    st.integers(0, 63),
    st.integers(0, 6),
)


class _Nowhere:
    def span(self, index: int) -> Span:
        return NOWHERE


def find(prefix: Prefix, *written: Prefix) -> list[int]:
    listed = SourceList(NOWHERE, written, range(len(written)), _Nowhere())
    return sorted(find_written(prefix, sort_written(listed, (), prefix.family)))


@given(written=st.lists(PREFIXES, min_size=1, max_size=12), exclude=st.lists(PREFIXES, max_size=2))
def test_lines_are_those_that_share_addresses(written: list[Prefix], exclude: list[Prefix]) -> None:
    left = subtract_prefixes(merge_prefixes(written), exclude)

    found = {prefix: find(prefix, *written) for prefix in left}

    assert found == {prefix: [number for number, one in enumerate(written) if one.covers(prefix) or prefix.covers(one)] for prefix in left}


def test_a_line_that_another_holds_is_found_too() -> None:
    texts = ("203.0.113.0/28", "203.0.113.4/32", "203.0.113.0/28", "203.0.113.16/32", "2001:db8::/64")

    assert find(parse_prefix("203.0.113.0/28"), *map(parse_prefix, texts)) == [0, 1, 2]
