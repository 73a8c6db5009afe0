"""A preflight and the plan: which endpoints there are, what has to be let in, and what is said of a port that is not reached."""

from pathlib import Path

import pytest

from generator.compile import Compiled
from generator.diagnostics import Report
from generator.plan import TlsMode
from generator.preflight.joined import explain_port, knows_ipv6, list_endpoints, profile_reachability, site_reachability
from generator.preflight.result import Endpoint
from generator.review.explain import open_site
from tests.preflight.values import profile

SITE = """\
kind: site
name: acme
server: {imap: imap.example.org, smtp: smtp.example.org, ports: {imaps: 1993}}
trusted: [127.0.0.0/8]
connectors:
  - {use: hubspot, networks: [9.9.9.9, 9.9.9.12/30], services: [imaps, submission]}
"""


def compiled(folder: Path, text: str = SITE) -> Compiled:
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    report = Report()
    found = open_site(str(folder / "site.yaml"), (), report)
    assert found is not None
    return found


def explained(site: Compiled) -> str:
    endpoint = Endpoint("imap", "imap.example.org", 1993, TlsMode.IMPLICIT, "imaps")
    return explain_port(site.plan, "hubspot", endpoint, "127.0.0.1")


def test_the_endpoints_are_those_of_the_plan(tmp_path: Path) -> None:
    site = compiled(tmp_path)

    assert list_endpoints(site, site.plan.requirements[0], (), Report()) == (
        Endpoint("imap", "imap.example.org", 1993, TlsMode.IMPLICIT, "imaps"),
        Endpoint("smtp", "smtp.example.org", 587, TlsMode.STARTTLS, "submission"),
    )


def test_some_services_can_be_chosen(tmp_path: Path) -> None:
    site = compiled(tmp_path)

    assert [endpoint.service for endpoint in list_endpoints(site, site.plan.requirements[0], ("submission",), Report())] == ["submission"]


def test_a_port_that_is_not_reached_is_told_with_its_rule(tmp_path: Path) -> None:
    said = explained(compiled(tmp_path))

    assert said.startswith("The plan lets hubspot in by acme/hubspot/imaps/v4 (2 prefixes)")
    assert "shuts this machine out" not in said


def test_a_machine_that_the_plan_shuts_out_is_told_so(tmp_path: Path) -> None:
    assert "It shuts this machine out (127.0.0.1" in explained(compiled(tmp_path, SITE.replace("trusted: [127.0.0.0/8]\n", "")))


def test_a_service_without_a_rule_is_told_so(tmp_path: Path) -> None:
    site = compiled(tmp_path)
    other = Endpoint("imap", "imap.example.org", 1993, TlsMode.IMPLICIT, "imaps")

    assert explain_port(site.plan, "nylas", other, "127.0.0.1").startswith("The plan has no rule that lets nylas in to imaps")


@pytest.mark.parametrize("service", ["", "imap"])
def test_a_port_that_the_plan_does_not_have_is_told_so(service: str, tmp_path: Path) -> None:
    endpoint = Endpoint("imap", "imap.example.org", 143, TlsMode.STARTTLS, service)

    assert explain_port(compiled(tmp_path).plan, "hubspot", endpoint, "127.0.0.1") == "The plan says nothing about this port"


def test_what_has_to_be_let_in_is_in_the_plan(tmp_path: Path) -> None:
    site = compiled(tmp_path)
    found = site_reachability(site.plan, site.plan.requirements[0])

    assert found.prefixes == ("9.9.9.9", "9.9.9.12/30")
    assert found.services == ("submission (tcp 587)", "imaps (tcp 1993)")
    assert found.rules == ("acme/hubspot/submission/v4", "acme/hubspot/imaps/v4")


def test_without_a_site_it_is_what_the_profile_publishes() -> None:
    assert len(profile_reachability(profile("nylas")).prefixes) == 80
    assert profile_reachability(profile("hubspot")).prefixes == ()


def test_ipv6_is_known_by_an_address_of_it() -> None:
    found = profile_reachability(profile("nylas"))

    assert not knows_ipv6(found)
    assert knows_ipv6(found._replace(prefixes=("2001:db8::/48",)))
