"""What a profile demands, sized for a run."""

import pytest

from tests.preflight.values import DEMANDS


def test_mailboxes_are_counted_together_for_an_address() -> None:
    assert DEMANDS._replace(connections_per_mailbox=5, mailboxes=3).connections == 15


@pytest.mark.parametrize(
    ("versions", "span"),
    [
        ((), ("TLSv1.3", "TLSv1.2")),
        (("TLSv1.2",), ("TLSv1.2", "TLSv1.2")),
        (("TLSv1.0", "SSLv3", "TLSv1.2"), ("TLSv1.2", "SSLv3")),
    ],
)
def test_the_hello_is_made_of_the_newest_and_the_oldest_version(versions: tuple[str, ...], span: tuple[str, str]) -> None:
    assert DEMANDS._replace(tls_versions=versions).tls_range == span
