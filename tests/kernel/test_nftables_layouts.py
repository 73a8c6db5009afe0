"""A site that changes its mind: another layout, another table of the host. What the earlier version loaded can still be taken away."""

from typing import Final

import pytest

from tests.kernel.lab import Lab
from tests.kernel.nftables_loaded import HOST, load, objects, place, ruleset, script
from tests.support.plans import make_plan, service
from tests.support.targets import render

PLAN: Final = make_plan(
    [service("imaps"), service("accept")], {"hubspot": dict.fromkeys(("imaps", "accept"), ("192.0.2.7", "2001:db8:100::/48"))}
)
BOTH: Final = render(PLAN)
ONE: Final = {"guard": render(PLAN, "{layouts: [guard]}"), "include": render(PLAN, "{layouts: [include]}")}
OTHER_TABLE: Final = render(PLAN, "{host_table: inet fw}")


@pytest.fixture
def host(lab: Lab) -> Lab:
    """A lab whose server filters by itself."""
    lab.run("nft", "-f", "-", stdin=HOST)
    return lab


@pytest.mark.parametrize(("wanted", "unwanted"), [("guard", "include"), ("include", "guard")])
def test_a_layout_that_is_wanted_no_more_can_still_be_undone(host: Lab, wanted: str, unwanted: str) -> None:
    script(host, ONE[wanted], f"{wanted}-apply.sh")
    alone = ruleset(host)
    script(host, BOTH, f"{unwanted}-apply.sh")
    later = place(host, ONE[wanted], "later")

    host.run("sh", str(later / f"{unwanted}-undo.sh"))

    assert ruleset(host) == alone
    assert not (later / f"{unwanted}-apply.sh").exists()


def test_an_include_that_stays_in_another_table_is_told(host: Lab) -> None:
    host.run("nft", "add table inet fw; add chain inet fw input")
    script(host, BOTH, "include-apply.sh", "--jump", "input")

    done = script(host, OTHER_TABLE, "include-apply.sh", "--jump", "input")

    assert "the table inet filter has a chain gatepost_acme as well" in done.stderr
    assert "inet fw" not in done.stderr


def test_a_host_file_that_flushes_everything_first_may_include_the_include(lab: Lab) -> None:
    host = HOST.replace("chain gatepost_acme_two { }", "chain gatepost_acme_two { }\n\tchain gatepost_acme { }")
    lab.run("nft", "-f", "-", stdin=host)
    load(lab, BOTH, "include.nft")
    wanted = objects(lab, "inet filter")

    for _ in range(2):
        lab.run("nft", "-f", "-", stdin=f'flush ruleset\n{host}\ninclude "{lab.folder}/acme/include.nft"\n')

    assert objects(lab, "inet filter") == wanted
