"""What the Dovecot lowering says: listeners, limits, addresses, and what it refuses."""

import pytest

from generator.net import PortRange
from generator.plan import Access
from tests.support.dovecot import HUBSPOT, OFFICE, findings_of, make_plan, view_of

SHARED = ("198.51.100.0/24",)
OWN = "127.0.0.0/8,::1,local"


def test_each_imap_service_has_dovecots_own_listener() -> None:
    view = view_of(make_plan("imap", "imaps", "submission"))

    assert [tuple(listener) for listener in view.listeners] == [("imap", 143, "no"), ("imaps", 993, "yes")]


def test_a_service_that_moved_takes_its_listener_along() -> None:
    view = view_of(make_plan("imaps", ports={"imaps": (PortRange(1993, 1993),)}))

    assert [tuple(listener) for listener in view.listeners] == [("imaps", 1993, "yes")]


def test_further_ports_have_listeners_of_names_made_of_the_port() -> None:
    view = view_of(make_plan("imaps", ports={"imaps": (PortRange(992, 993), PortRange(1993, 1993))}))

    assert [tuple(listener) for listener in view.listeners] == [
        ("gatepost-imaps-992", 992, "yes"),
        ("imaps", 993, "yes"),
        ("gatepost-imaps-1993", 1993, "yes"),
    ]


def test_a_service_of_another_name_has_listeners_of_its_own() -> None:
    view = view_of(make_plan("imap-staff", ports={"imap-staff": (PortRange(10143, 10143),)}))

    assert [tuple(listener) for listener in view.listeners] == [("gatepost-imap-staff-10143", 10143, "no")]


@pytest.mark.parametrize(("last", "codes"), [(1015, []), (1016, ["TGT121"])])
def test_a_range_is_listed_up_to_the_limit(last: int, codes: list[str]) -> None:
    found = findings_of(make_plan("imaps", ports={"imaps": (PortRange(1000, last),)}))

    assert [code for code, _, _ in found if code != "TGT125"] == codes


def test_tls_is_required_only_where_a_service_begins_in_cleartext() -> None:
    assert (view_of(make_plan("imaps")).starttls, view_of(make_plan("imap", "imaps")).starttls) == (False, True)


@pytest.mark.parametrize(
    ("version", "word"), [("TLSv1.0", "TLSv1"), ("TLSv1.1", "TLSv1.1"), ("TLSv1.2", "TLSv1.2"), ("TLSv1.3", "TLSv1.3")]
)
def test_tls_versions_are_spelled_as_dovecot_spells_them(version: str, word: str) -> None:
    assert view_of(make_plan("imaps", tls_minimum=version)).tls_minimum == word


def test_the_ceiling_is_that_of_the_connectors_that_speak_the_oldest_tls_alone() -> None:
    grants = dict.fromkeys(("one", "two", "three", "four"), (("imaps",), SHARED))
    tls = {"one": ("TLSv1.3", "TLSv1.2"), "two": ("TLSv1.0",), "three": ("TLSv1.0", "SSLv3")}

    assert view_of(make_plan("imaps", grants=grants, tls=tls)).ceiling == ("TLSv1", ("three", "two"))


def test_without_a_word_of_any_vendor_there_is_no_ceiling() -> None:
    assert view_of(make_plan("imaps", tls={"hubspot": ()})).ceiling is None


@pytest.mark.parametrize(("each", "connections"), [(5, 10), (10, 10), (11, 11)])
def test_mailboxes_do_not_multiply_the_connections_of_one_user(each: int, connections: int) -> None:
    view = view_of(make_plan("imaps", each={"hubspot": each}, mailboxes={"hubspot": 50}))

    assert view.limits.userip_connections == connections


def test_mailboxes_multiply_the_processes() -> None:
    limits = view_of(make_plan("imaps", each={"hubspot": 5}, mailboxes={"hubspot": 30})).limits

    assert (limits.login_processes, limits.imap_processes, limits.client_limit) == (250, 1174, None)


def test_connectors_that_share_an_address_add_up() -> None:
    grants = {"hubspot": (("imaps",), SHARED), "nylas": (("imap",), ("198.51.100.255",)), "make": (("imap",), ("198.51.101.0",))}

    limits = view_of(make_plan(grants=grants, each={"hubspot": 8, "nylas": 7, "make": 9})).limits

    assert (limits.userip_connections, limits.login_processes) == (15, 124)


def test_neighbours_do_not_add_up() -> None:
    grants = {"hubspot": (("imaps",), SHARED), "nylas": (("imaps",), ("198.51.99.255", "198.51.101.0"))}

    assert view_of(make_plan("imaps", grants=grants, each={"hubspot": 8, "nylas": 7})).limits.userip_connections == 10


def test_ipv6_addresses_are_counted_one_by_one() -> None:
    grants = {"hubspot": (("imaps",), ("2001:db8::1",)), "nylas": (("imaps",), ("2001:db8::2",))}

    assert view_of(make_plan("imaps", grants=grants, each={"hubspot": 8, "nylas": 7})).limits.userip_connections == 10


def test_the_largest_sum_wins_wherever_it_is() -> None:
    grants = {
        "alone": (("imaps",), ("192.0.2.1",)),
        "one": (("imaps",), ("198.51.100.0/24",)),
        "two": (("imaps",), ("198.51.100.128/25",)),
        "three": (("imaps",), ("198.51.100.0/26",)),
    }

    limits = view_of(make_plan("imaps", grants=grants, each={"alone": 12, "one": 6, "two": 7, "three": 5})).limits

    assert limits.userip_connections == 13


def test_a_connector_that_only_sends_needs_nothing_of_imap() -> None:
    grants = {"hubspot": (("imaps",), SHARED), "sender": (("submission",), SHARED)}

    limits = view_of(make_plan("imaps", "submission", grants=grants, each={"sender": 500})).limits

    assert (limits.userip_connections, limits.login_processes) == (10, 105)


@pytest.mark.parametrize(("mailboxes", "client_limit"), [(78, None), (79, 1495)])
def test_the_services_behind_many_login_processes_get_room(mailboxes: int, client_limit: int | None) -> None:
    assert view_of(make_plan("imaps", mailboxes={"hubspot": mailboxes})).limits.client_limit == client_limit


def test_a_limit_below_the_need_is_refused_with_the_arithmetic() -> None:
    grants = {"hubspot": (("imaps",), SHARED), "nylas": (("imaps",), SHARED)}
    plan = make_plan("imaps", grants=grants, each={"hubspot": 5, "nylas": 4}, mailboxes={"hubspot": 3})

    found = findings_of(plan, userip_connections=8, login_processes=18, imap_processes=18)

    assert [finding for finding in found if finding[0] == "TGT122"] == [
        (
            "TGT122",
            "`imap_processes` is 18, and the connectors need 19 at once",
            "hubspot 5 × 3 + nylas 4 × 1 = 19: write 19 or more, or leave `imap_processes` out",
        ),
        (
            "TGT122",
            "`login_processes` is 18, and the connectors need 19 at once",
            "hubspot 5 × 3 + nylas 4 × 1 = 19: write 19 or more, or leave `login_processes` out",
        ),
        (
            "TGT122",
            "`userip_connections` is 8, and the connectors need 9 at once",
            "hubspot 5 + nylas 4 = 9: write 9 or more, or leave `userip_connections` out",
        ),
    ]


def test_limits_that_are_given_are_taken() -> None:
    limits = view_of(make_plan("imaps"), userip_connections=5, login_processes=5, imap_processes=7, client_limit=9).limits

    assert tuple(limits) == (5, 5, 7, 9)


def test_no_limit_for_one_user_is_a_limit_that_fits() -> None:
    assert view_of(make_plan("imaps"), userip_connections=0).limits.userip_connections == 0


def test_the_list_has_connectors_trusted_networks_loopback_and_local() -> None:
    lists = view_of(make_plan("imap", "imaps", trusted=OFFICE), allow_nets=True).lists
    nets = f"{OWN},192.0.2.7,198.51.100.0/25,203.0.113.0/28,2001:db8:a::/48,2001:db8:100::/48"

    assert [tuple(one) for one in lists] == [
        ("2.3", (f"override_fields = allow_nets={nets}",)),
        ("2.4", ("fields {", f"  allow_nets = {nets}", "}")),
    ]


def test_without_allow_nets_there_is_no_list_and_that_is_told() -> None:
    plan = make_plan("imap", "imaps", access={"imap": Access.PUBLIC})

    assert view_of(plan).lists == ()
    assert [(code, message) for code, message, _ in findings_of(plan)] == [("TGT125", "Dovecot itself refuses no address on `imaps`")]


def test_public_services_alone_need_no_telling() -> None:
    assert findings_of(make_plan("imaps", access={"imaps": Access.PUBLIC})) == []


@pytest.mark.parametrize("public", ["imap", "imaps", "submission", "submissions"])
def test_a_public_service_with_passwords_forbids_allow_nets(public: str) -> None:
    plan = make_plan("imap", "imaps", "submission", "submissions", access={public: Access.PUBLIC})

    assert [(code, message) for code, message, _ in findings_of(plan, allow_nets=True)] == [
        ("TGT123", f"`allow_nets` refuses the world's logins, and `{public}` is public")
    ]


@pytest.mark.parametrize("access", [Access.ADDITIVE, Access.PUBLIC, Access.ALLOWLIST])
def test_port_25_is_no_service_with_passwords(access: Access) -> None:
    grants = {"hubspot": (("imaps",), HUBSPOT), "relay": (("smtp",), ("203.0.113.99",))}

    lists = view_of(make_plan("smtp", "imaps", grants=grants, access={"smtp": access}), allow_nets=True).lists

    assert lists[0].lines == (f"override_fields = allow_nets={OWN},192.0.2.7,198.51.100.0/25,2001:db8:100::/48",)


def test_services_with_different_networks_forbid_allow_nets() -> None:
    grants = {"hubspot": (("imaps", "submission"), HUBSPOT), "sender": (("submission",), ("203.0.113.99",))}

    found = findings_of(make_plan("imaps", "submission", grants=grants, trusted=OFFICE), allow_nets=True)

    assert [(code, message) for code, message, _ in found] == [
        ("TGT124", "`allow_nets` is one list, and `submission` and `imaps` let in different networks")
    ]


def test_the_same_networks_cut_differently_are_the_same() -> None:
    grants = {"one": (("imap",), ("192.0.2.0/25", "192.0.2.128/25")), "two": (("imaps",), ("192.0.2.0/24",))}

    assert view_of(make_plan(grants=grants), allow_nets=True).lists[0].lines == (f"override_fields = allow_nets={OWN},192.0.2.0/24",)


def test_dovecot_without_imap_has_nothing_to_do() -> None:
    assert [code for code, _, _ in findings_of(make_plan("submission"))] == ["TGT120"]


def test_dovecot_without_imap_may_check_the_passwords_of_smtp() -> None:
    view = view_of(make_plan("submission"), allow_nets=True)

    assert (view.drop_ins, view.listeners, [one.name for one in view.lists]) == ((), (), ["2.3", "2.4"])


def test_allow_nets_for_port_25_alone_is_of_no_use() -> None:
    found = findings_of(make_plan("smtp", access={"smtp": Access.ADDITIVE}), allow_nets=True)

    assert [(code, message) for code, message, _ in found] == [("TGT126", "`allow_nets` without a service that people log in to")]


def test_only_the_versions_that_are_asked_for() -> None:
    view = view_of(make_plan("imaps"), versions=("2.4",), allow_nets=True)

    assert ([one.name for one in view.drop_ins], [one.name for one in view.lists]) == (["2.4"], ["2.4"])
