import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st

from generator.preflight.certificate import describe_certificate, judge_certificate
from tests.preflight.paper import DAY, HOST, NOW, Paper, intermediate, make, make_key, root


def test_a_report_tells_names_dates_and_digest() -> None:
    facts = describe_certificate((make(names=[HOST, "*.example.org"], issuer=intermediate()).der, intermediate().der))

    assert facts
    assert (facts.subject, facts.issuer) == (f"CN={HOST}", "CN=Public Intermediate,O=Test CA")
    assert (facts.dns_names, facts.common_names, facts.key, facts.signature, facts.sent) == (
        (HOST, "*.example.org"),
        (HOST,),
        "EC secp256r1",
        "sha256",
        2,
    )
    assert (facts.not_before, facts.not_after) == (NOW - 10 * DAY, NOW + 80 * DAY)
    assert len(facts.sha256) == 64


@pytest.mark.parametrize("chain", [(), (b"",), (b"x",)])
def test_there_is_nothing_to_tell_of_what_is_no_certificate(chain: tuple[bytes, ...]) -> None:
    assert describe_certificate(chain) is None


def test_control_characters_of_a_stranger_are_escaped() -> None:
    facts = describe_certificate((make("a\x1b[2Jb", [HOST]).der,))

    assert facts
    assert facts.common_names == ("a\\x1b[2Jb",)
    assert "\x1b" not in facts.subject


def test_a_long_text_of_a_stranger_is_cut() -> None:
    names = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "x" * 60) for _ in range(100)])
    key = make_key()
    builder = x509.CertificateBuilder(names, names, key.public_key(), 7, NOW, NOW + DAY)
    facts = describe_certificate((Paper(builder.sign(key, hashes.SHA256()), key).der,))

    assert facts
    assert len(facts.subject) == 401


GOOD = make(issuer=intermediate(), names=[HOST, "*.example.org"], purposes=None).der


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_no_damaged_byte_breaks_the_judgement(at: int, byte: int) -> None:
    damaged = GOOD[:at] + bytes((byte,)) + GOOD[at + 1 :]
    checks = judge_certificate(
        (damaged, intermediate().der), HOST, names_server=True, public_ca="", insecure_option="", now=NOW, trusted=root().pem, vendor="Acme"
    )

    assert len(checks) >= 5


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_no_bytes_break_the_judgement(chain: list[bytes]) -> None:
    checks = judge_certificate(
        tuple(chain), HOST, names_server=True, public_ca="", insecure_option="", now=NOW, trusted=root().pem, vendor="Acme"
    )

    assert len(checks) >= 5
