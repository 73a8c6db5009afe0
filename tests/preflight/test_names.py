import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.preflight.names import ascii_host, both_forms, fit, is_address, judge_name
from tests.preflight.paper import HOST, Paper, make
from tests.scale import scaled

IDN = "imap.münchen.example"
IDN_ASCII = "imap.xn--mnchen-3ya.example"


@pytest.mark.parametrize(
    ("host", "names", "common_names", "rule"),
    [
        (HOST, [HOST], [HOST], "san+cn"),
        (HOST, ["*.example.org"], [HOST], "wildcard"),
        (HOST, ["*.example.org", HOST], [HOST], "san+cn"),
        (HOST, [HOST], ["mail.example.org"], "san-only"),
        (HOST, [HOST], [], "san-only"),
        (HOST, ["mail.example.org"], [HOST], "cn-ignored"),
        (HOST, ["mail.example.org"], ["*.example.org"], "cn-ignored"),
        (HOST, [], [HOST], "cn-only"),
        (HOST, [], ["*.example.org"], "cn-only"),
        (HOST, [], ["mail.example.org", HOST], "cn-only"),
        (HOST, ["im*.example.org"], [], "partial-wildcard"),
        (HOST, ["*p.example.org"], [], "partial-wildcard"),
        (HOST, ["mail.example.org"], ["mail.example.org"], "mismatch"),
        (HOST, [], [], "mismatch"),
        (HOST, [], ["Dovecot on the mail server"], "mismatch"),
        ("a.imap.example.org", ["*.example.org"], [], "mismatch"),
        (HOST, ["*.*.org"], [], "mismatch"),
        (HOST, ["imap.*.org"], [], "mismatch"),
        ("example.org", ["*.org"], [], "mismatch"),
        ("example.org", ["*.example.org"], [], "mismatch"),
        (HOST, ["*"], [], "mismatch"),
        (HOST, ["*i*.example.org"], [], "mismatch"),
        (HOST, [HOST + "."], [], "mismatch"),
        (HOST, [f"{HOST}\\x00.example.net"], [], "mismatch"),
        ("IMAP.Example.ORG.", ["imap.EXAMPLE.org"], [HOST.upper()], "san+cn"),
        (IDN, [IDN_ASCII], [IDN_ASCII], "san+cn"),
        (IDN, [IDN_ASCII], [IDN], "san+cn"),
        (IDN, [], [IDN], "cn-only"),
        (IDN, [IDN], [], "mismatch"),
        (IDN_ASCII, [IDN_ASCII], [IDN], "san+cn"),
        ("xn--mnchen-3ya.example.org", ["x*.example.org"], [], "mismatch"),
        ("xn--mnchen-3ya.example.org", ["*.example.org"], [], "wildcard"),
        ("192.0.2.1", [HOST], ["192.0.2.1"], "address"),
        ("[2001:db8::1]", [HOST], [], "address"),
        ("fe80::1%eth0", [HOST], [], "address"),
        ("imap example org", [HOST], [], "no-host-name"),
        ("", [HOST], [], "no-host-name"),
        ("x" * 64 + ".example.org", [HOST], [], "no-host-name"),
    ],
)
def test_names_are_judged_by_the_rule(host: str, names: list[str], common_names: list[str], rule: str) -> None:
    assert judge_name(host, tuple(names), tuple(common_names)).rule == rule


@pytest.mark.parametrize(
    ("host", "name", "why"),
    [
        ("a.imap.example.org", "*.example.org", "*.example.org stands for one label, and a.imap has more"),
        (HOST, "*.*.org", "*.*.org has more than one wildcard, or one that is not in front"),
        ("example.org", "*.org", "*.org covers a whole top-level domain, which no client accepts"),
        (HOST, HOST + ".", "imap.example.org. ends in a dot"),
        (IDN, IDN, f"{IDN} is written in its own letters, and clients look for {IDN_ASCII}"),
        (HOST, "mail.example.net", ""),
    ],
)
def test_a_name_that_seems_to_fit_is_explained(host: str, name: str, why: str) -> None:
    assert judge_name(host, (name,), ()).why == why


def test_both_forms_of_an_international_name_are_shown() -> None:
    assert both_forms(IDN_ASCII) == f"{IDN_ASCII} ({IDN})"


@pytest.mark.parametrize("name", [HOST, "xn--", "xn--a", "xn--ls8h.example"])
def test_a_name_without_another_form_is_shown_as_it_is(name: str) -> None:
    assert both_forms(name).startswith(name)


@pytest.mark.parametrize("text", ["192.0.2.1", "2001:db8::1", "[2001:db8::1]", "::1", "fe80::1%eth0"])
def test_addresses_are_told_from_names(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize("text", [HOST, "1.2.3", "192.0.2.1.example.org", "", "0x7f.1"])
def test_names_are_told_from_addresses(text: str) -> None:
    assert not is_address(text)


@given(st.text(max_size=80))
def test_any_text_is_a_host_name_or_none(text: str) -> None:
    name = ascii_host(text)

    assert name is None or (name.isascii() and name == name.lower() and ascii_host(name) == name)


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=4), st.lists(st.text(max_size=40), max_size=4))
def test_no_names_break_the_judgement(host: str, names: list[str], common_names: list[str]) -> None:
    assert judge_name(host, tuple(names), tuple(common_names)).rule


def openssl_accepts(folder: Path, paper: Paper, host: str) -> bool:
    file = folder / "one.pem"
    file.write_bytes(paper.pem)
    command = ["openssl", "x509", "-in", str(file), "-noout", "-checkhost", host]
    return "does match" in subprocess.run(command, capture_output=True, text=True, check=False).stdout


LABELS = st.sampled_from(["imap", "im", "p", "example", "org", "xn--mnchen-3ya", "a", "IMAP"])
PATTERN_LABELS = st.one_of(LABELS, st.sampled_from(["*", "im*", "*p", "i*p", "**", "*i*", "xn--*", ""]))
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
PATTERNS = st.one_of(st.lists(PATTERN_LABELS, min_size=1, max_size=4).map(".".join), HOSTS)


@settings(max_examples=scaled(3000), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(HOSTS, PATTERNS)
def test_openssl_fits_the_same_names(tmp_path: Path, host: str, pattern: str) -> None:
    assert bool(fit(pattern, host.lower())) == openssl_accepts(tmp_path, make(None, [pattern]), host)


@settings(max_examples=scaled(1000), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(HOSTS, st.lists(HOSTS, max_size=3), HOSTS)
def test_openssl_looks_at_the_cn_where_we_do(tmp_path: Path, host: str, names: list[str], common_name: str) -> None:
    rule = judge_name(host, tuple(names), (common_name,)).rule

    assert (rule in ("san+cn", "san-only", "cn-only")) == openssl_accepts(tmp_path, make(common_name, names), host)
