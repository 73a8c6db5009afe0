"""The resolver against a real server on the loopback."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from generator.feeds.resolver import make_resolver
from generator.feeds.values import RecordType, Resolve, ResolveError
from generator.models import Feed
from tests.feeds.dns_server import Behaviour, serve_dns
from tests.feeds.reads import ask, texts
from tests.house.tree import ROOT

LONG = "v=spf1 " + " ".join(f"ip4:192.0.2.{index}" for index in range(200)) + " -all"
RECORDS = {
    ("a.example.org.", "A"): ["192.0.2.7", "192.0.2.8"],
    ("a.example.org.", "AAAA"): ["2001:db8::7"],
    ("alias.example.org.", "CNAME"): ["next.example.org."],
    ("next.example.org.", "CNAME"): ["a.example.org."],
    ("round.example.org.", "CNAME"): ["round.example.org."],
    ("mail.example.org.", "MX"): ["10 A.example.org.", "20 b.example.org."],
    ("spf.example.org.", "TXT"): ['"v=spf1 ip4:192." "0.2.9 a:alias.example.org -all"', '"other"'],
    ("long.example.org.", "TXT"): [" ".join(f'"{LONG[start : start + 200]}"' for start in range(0, len(LONG), 200))],
}
CHAIN = {(f"c{index}.example.org.", "CNAME"): [f"c{index + 1}.example.org."] for index in range(9)}
BEHAVIOUR = Behaviour(
    RECORDS | CHAIN,
    silent=frozenset({"silent.example.org."}),
    failing=frozenset({"failing.example.org."}),
    truncated=frozenset({"long.example.org."}),
)


@pytest.fixture(scope="module")
def resolve() -> Iterator[Resolve]:
    with serve_dns(BEHAVIOUR) as port:
        yield make_resolver(("127.0.0.1",), port=port, timeout_seconds=1.0)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a.example.org", "A", {"192.0.2.7", "192.0.2.8"}),
        ("A.Example.Org.", "AAAA", {"2001:db8::7"}),
        ("alias.example.org", "A", {"192.0.2.7", "192.0.2.8"}),
        ("a.example.org", "TXT", set()),
        ("nobody.example.org", "A", set()),
        ("mail.example.org", "MX", {"a.example.org", "b.example.org"}),
        ("spf.example.org", "TXT", {"v=spf1 ip4:192.0.2.9 a:alias.example.org -all", "other"}),
        ("long.example.org", "TXT", {LONG}),
    ],
)
def test_the_records_of_a_name_are_its_answer(resolve: Resolve, name: str, kind: RecordType, expected: set[str]) -> None:
    assert {*resolve(name, kind)} == expected


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("silent.example.org", "the DNS gave no answer about `silent.example.org` (A): the resolution lifetime expired"),
        ("failing.example.org", "the DNS gave no answer about `failing.example.org` (A): all nameservers failed to answer"),
        ("round.example.org", "the DNS gave no answer about `round.example.org` (A): all nameservers failed to answer"),
        ("c0.example.org", "the DNS leads through more than 8 aliases, the last is `c8.example.org.`"),
        (f"{'x' * 64}.example.org", f"the DNS gave no answer about `{'x' * 64}.example.org` (A): a DNS label is > 63"),
    ],
)
def test_a_dns_that_fails_is_no_empty_answer(resolve: Resolve, name: str, said: str) -> None:
    with pytest.raises(ResolveError) as caught:
        resolve(name, "A")

    assert str(caught.value)[: len(said)].lower() == said.lower()


def test_an_spf_record_is_read_from_a_server(resolve: Resolve) -> None:
    reading, findings = ask(Feed(format="spf", domain="spf.example.org"), resolve)

    assert texts(reading) == {"": ["192.0.2.7/32", "192.0.2.8/32", "192.0.2.9/32", "2001:db8::7/128"]}
    assert findings == []


def test_readers_do_not_load_dnspython() -> None:
    program = "import sys, generator.feeds.reading, generator.feeds.resolver; sys.exit('dns' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
