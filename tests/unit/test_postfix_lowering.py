"""What the Postfix lowering says: which services, which sources in which table, which TLS settings, and what it refuses."""

import pytest

from generator.diagnostics import Report
from generator.net import PortRange
from generator.plan import Access, Plan, Service, TlsMode
from generator.targets.lowerings import bind_lowering
from generator.targets.options import resolve_options
from generator.targets.postfix_view import Listener, PostfixView, Table
from tests.support.plans import make_plan, service
from tests.support.targets import shipped_target, site_document

V4, V6 = "198.51.100.10", "2001:db8:100::/48"


def smtp(name: str, access: Access = Access.ALLOWLIST, *ports: PortRange) -> Service:
    tls = TlsMode.IMPLICIT if name == "submissions" else TlsMode.STARTTLS
    return service(name, access, *ports)._replace(application="smtp", tls=tls)


def plan_of(*services: Service, connections: int = 5, trusted: tuple[str, ...] = ()) -> Plan:
    """A plan whose connector `crm` uses every one of the services."""
    return make_plan(services, {"crm": {item.name: [V4, V6] for item in services}}, trusted=trusted, connections=connections)


def lower(plan: Plan, options: str, report: Report) -> object | None:
    target = shipped_target("postfix")
    function = bind_lowering(target, report)
    assert function is not None
    return function(plan, limits=target.limits, options=resolve_options(target, site_document(options, "postfix"), report), report=report)


def view_of(plan: Plan, options: str = "") -> PostfixView:
    report = Report()
    view = lower(plan, options, report)
    assert isinstance(view, PostfixView), report.findings
    assert not report.findings
    return view


def findings_of(plan: Plan) -> list[tuple[str, str]]:
    report = Report()
    assert lower(plan, "", report) is None
    return [(finding.code, finding.message) for finding in report.findings]


def listener_of(view: PostfixView) -> Listener:
    (listener,) = view.listeners
    return listener


def prefixes(table: Table) -> list[str]:
    return [prefix for section in table.sections for prefix in section.prefixes]


def test_imap_is_none_of_its_business() -> None:
    view = view_of(plan_of(smtp("submission"), service("imaps")))

    assert [listener.service for listener in view.listeners] == ["submission"]
    assert "imaps" not in str(view)


def test_a_plan_without_smtp_is_an_error_that_names_its_services() -> None:
    assert findings_of(plan_of(service("imap"), service("imaps"))) == [
        ("TGT110", "Postfix has nothing to serve: `imap`, `imaps` are not SMTP")
    ]


def test_every_service_has_a_table_of_its_own_connectors() -> None:
    services = [smtp("submission"), smtp("submissions")]
    plan = make_plan(services, {"crm": {"submission": ["198.51.100.10"]}, "desk": {"submissions": ["203.0.113.7"]}})

    assert {table.name: prefixes(table) for table in view_of(plan).tables} == {
        "submission": ["127.0.0.0/8", "::1/128", "198.51.100.10/32"],
        "submissions": ["127.0.0.0/8", "::1/128", "203.0.113.7/32"],
    }


def test_a_table_tells_loopback_connectors_and_trusted_networks_apart() -> None:
    (table,) = view_of(plan_of(smtp("submission"), trusted=("192.0.2.0/24", "2001:db8:a::/48"))).tables

    assert [(section.title, section.prefixes) for section in table.sections] == [
        ("the mail server itself", ("127.0.0.0/8", "::1/128")),
        ("acme/crm/submission/v4", ("198.51.100.10/32",)),
        ("acme/crm/submission/v6", ("2001:db8:100::/48",)),
        ("acme/trusted/submission/v4", ("192.0.2.0/24",)),
        ("acme/trusted/submission/v6", ("2001:db8:a::/48",)),
    ]


def test_a_closed_service_that_nobody_may_use_lets_loopback_in_alone() -> None:
    (table,) = view_of(make_plan([smtp("submission")], {})).tables

    assert prefixes(table) == ["127.0.0.0/8", "::1/128"]


def test_a_public_service_gets_tls_and_no_table() -> None:
    view = view_of(plan_of(smtp("submission", Access.PUBLIC)))

    assert (view.tables, listener_of(view).table) == ((), "")
    assert "smtpd_tls_security_level=encrypt" in listener_of(view).tls


def test_port_25_gets_no_table_and_no_tls_setting() -> None:
    view = view_of(plan_of(smtp("smtp", Access.ADDITIVE)))

    assert (view.tables, listener_of(view).table, listener_of(view).tls, listener_of(view).kind) == ((), "", (), "additive")


def test_port_25_is_closed_where_the_site_says_so() -> None:
    view = view_of(plan_of(smtp("smtp")))

    assert ([table.name for table in view.tables], listener_of(view).table, listener_of(view).kind) == (["smtp"], "smtp", "exclusive")
    assert listener_of(view).tls == ()


@pytest.mark.parametrize(
    ("minimum", "refused"),
    [
        ("TLSv1.0", "!SSLv2,!SSLv3"),
        ("TLSv1.1", "!SSLv2,!SSLv3,!TLSv1"),
        ("TLSv1.2", "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1"),
        ("TLSv1.3", "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1,!TLSv1.2"),
    ],
)
def test_versions_below_the_floor_are_refused_and_none_above(minimum: str, refused: str) -> None:
    plan = plan_of(smtp("submission"))

    settings = listener_of(view_of(plan._replace(server=plan.server._replace(tls_minimum=minimum)))).tls

    assert [setting for setting in settings if "protocols" in setting] == [f"smtpd_tls_mandatory_protocols={refused}"]


def test_implicit_tls_and_starttls_differ_in_the_wrapper_alone() -> None:
    wrapped, plain = (listener_of(view_of(plan_of(smtp(name)))).tls for name in ("submissions", "submission"))

    assert (set(wrapped) - set(plain), set(plain) - set(wrapped)) == ({"smtpd_tls_wrappermode=yes"}, {"smtpd_tls_wrappermode=no"})


def test_a_setting_has_no_blank_that_postconf_would_refuse() -> None:
    view = view_of(plan_of(smtp("submission"), smtp("submissions"), smtp("smtp")))

    assert [setting for listener in view.listeners for setting in listener.tls if " " in setting] == []


def test_a_service_on_several_ports_is_set_up_on_each() -> None:
    view = view_of(plan_of(smtp("submission", Access.ALLOWLIST, PortRange(587, 588), PortRange(2525, 2525))))

    assert [(listener.port, listener.table) for listener in view.listeners] == [
        (587, "submission"),
        (588, "submission"),
        (2525, "submission"),
    ]


def test_a_range_of_ports_is_an_error() -> None:
    assert findings_of(plan_of(smtp("submission", Access.ALLOWLIST, PortRange(2000, 2999)))) == [
        ("TGT111", "`submission` is on 1000 ports (2000-2999), and each of them is a listener of Postfix")
    ]


def test_port_25_with_implicit_tls_is_an_error() -> None:
    strange = smtp("smtp", Access.ADDITIVE, PortRange(2525, 2525))._replace(tls=TlsMode.IMPLICIT)

    assert [code for code, _ in findings_of(plan_of(strange))] == ["TGT112"]


def test_connectors_alone_are_spared_limits_and_postscreen() -> None:
    view = view_of(plan_of(smtp("smtp"), trusted=("192.0.2.0/24",)))

    assert [(table.name, table.result, prefixes(table)) for table in (*view.limits, *view.postscreen)] == [
        ("smtp.limits", "exempt", ["198.51.100.10/32", "2001:db8:100::/48"]),
        ("smtp.postscreen", "permit", ["198.51.100.10/32", "2001:db8:100::/48"]),
    ]


def test_limits_are_left_alone_where_the_site_says_never() -> None:
    view = view_of(plan_of(smtp("submission")), "{limit_exceptions: never}")

    assert (view.limits, listener_of(view).limits) == ((), "")


def test_the_need_is_the_plans() -> None:
    assert view_of(plan_of(smtp("submission"), connections=60)).need == 60
