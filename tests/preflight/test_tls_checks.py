import pytest

from generator.preflight.result import Check, Status
from generator.preflight.tls import Handshake, Outcome, Probed
from generator.preflight.tls_checks import judge_tls, name_protocol

PASS, NOTE, WARN, FAIL, SKIP = Status.PASS, Status.NOTE, Status.WARN, Status.FAIL, Status.SKIP
OLD_LIST = ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2")
NEW_LIST = ("TLSv1.2", "TLSv1.3")
GOOD = Handshake(Outcome.DONE, "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", key_exchange="ECDHE", chain=(b"x",))
ALERT = Handshake(Outcome.ALERT, alert="protocol_version", alert_meaning="none of those")
NEWEST = Probed(("TLSv1.3",), ("SSLv3",), seen=Handshake(Outcome.NOT_SPOKEN, "TLSv1.3", "TLS_AES_128_GCM_SHA256", key_exchange="ECDHE"))
OLDEST = Probed(("SSLv3",), ("TLSv1.3",), seen=Handshake(Outcome.NOT_SPOKEN, "SSLv3", "RC4-SHA", key_exchange="RSA", chain=(b"x",)))


def judge(handshake: Handshake, probed: Probed | None = None, tls_versions: tuple[str, ...] = OLD_LIST) -> dict[str, Check]:
    return {check.id: check for check in judge_tls(handshake, probed, tls_versions=tls_versions, vendor="Acme")}


def statuses(checks: dict[str, Check]) -> dict[str, Status]:
    return {name: check.status for name, check in checks.items()}


def test_tls_1_2_passes() -> None:
    assert statuses(judge(GOOD)) == {"tls.version": PASS, "tls.handshake": PASS, "tls.kex": PASS}


@pytest.mark.parametrize(
    ("version", "tls_versions", "status"),
    [
        ("TLSv1.2", OLD_LIST, PASS),
        ("TLSv1.1", OLD_LIST, WARN),
        ("TLSv1.0", OLD_LIST, WARN),
        ("TLSv1.0", NEW_LIST, FAIL),
        ("TLSv1.2", NEW_LIST, PASS),
        ("TLSv1.3", NEW_LIST, PASS),
        ("TLSv1.3", (), PASS),
        ("TLSv1.0", (), WARN),
        ("TLSv1.2", ("TLSv1.3",), FAIL),
    ],
)
def test_a_version_is_judged_by_the_vendors_list(version: str, tls_versions: tuple[str, ...], status: Status) -> None:
    assert judge(GOOD._replace(version=version), tls_versions=tls_versions)["tls.version"].status is status


def test_a_server_of_the_newest_version_alone_fails_with_the_cure() -> None:
    checks = judge(ALERT, NEWEST)

    assert statuses(checks) == {"tls.version": FAIL, "tls.handshake": SKIP, "tls.kex": SKIP}
    assert checks["tls.version"].title == "the server speaks TLSv1.3 only"
    assert checks["tls.version"].fix == "allow TLSv1.2 on the server too"


def test_a_server_of_ssl_3_alone_is_on_the_old_list_and_the_rest_can_not_be_seen() -> None:
    assert statuses(judge(ALERT, OLDEST)) == {"tls.version": WARN, "tls.handshake": SKIP, "tls.kex": WARN}


def test_a_server_of_ssl_3_alone_fails_for_everybody_else() -> None:
    assert judge(ALERT, OLDEST, NEW_LIST)["tls.version"].status is FAIL


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.DONE])
def test_no_version_at_all_fails_whatever_the_reason(outcome: Outcome) -> None:
    assert statuses(judge(Handshake(outcome))) == {"tls.version": FAIL, "tls.handshake": SKIP, "tls.kex": SKIP}


@pytest.mark.parametrize("outcome", [Outcome.ALERT, Outcome.CLOSED, Outcome.RESET, Outcome.TIMEOUT, Outcome.TOO_LARGE, Outcome.BROKEN])
def test_a_handshake_that_breaks_after_the_hello_fails_apart(outcome: Outcome) -> None:
    assert statuses(judge(GOOD._replace(outcome=outcome))) == {"tls.version": PASS, "tls.handshake": FAIL, "tls.kex": PASS}


def test_a_server_that_wants_an_old_cipher_speaks_the_version_and_fails() -> None:
    seen = Handshake(Outcome.NOT_SPOKEN, "TLSv1.2", "DES-CBC3-SHA", key_exchange="RSA", chain=(b"x",))
    checks = judge(ALERT._replace(alert="handshake_failure"), Probed(("TLSv1.2",), seen=seen))

    assert statuses(checks) == {"tls.version": PASS, "tls.handshake": FAIL, "tls.kex": WARN}
    assert checks["tls.handshake"].detail.endswith("asked with every cipher there ever was, it picks DES-CBC3-SHA")


def test_an_alert_is_named_with_its_meaning() -> None:
    check = judge(ALERT)["tls.version"]

    assert (check.title, check.detail) == ("the server refuses TLS: alert protocol_version", "alert protocol_version: none of those")


def test_plain_text_is_shown_and_named() -> None:
    check = judge(Handshake(Outcome.PLAIN_TEXT, first_bytes=b"* OK ready\r\n"))["tls.version"]

    assert (check.title, check.detail) == ("plain text where TLS should begin", "it begins with `* OK ready\\r\\n`: IMAP in plain text")


def test_other_versions_that_were_asked_for_are_told() -> None:
    check = judge(GOOD, Probed(("TLSv1.0", "TLSv1.2"), ("SSLv3",)))["tls.version"]

    assert (check.status, check.detail) == (PASS, "with ECDHE-RSA-AES256-GCM-SHA384; it speaks TLSv1.0, TLSv1.2")


def test_a_key_under_the_certificate_is_a_warning() -> None:
    assert judge(GOOD._replace(key_exchange="RSA"))["tls.kex"].status is WARN


def test_a_key_exchange_that_is_not_known_is_not_judged() -> None:
    assert "tls.kex" not in judge(GOOD._replace(key_exchange=""))


@pytest.mark.parametrize(("bits", "status"), [(768, FAIL), (1023, FAIL), (1024, WARN), (2047, WARN), (2048, PASS), (4096, PASS)])
def test_a_group_is_judged_by_its_size(bits: int, status: Status) -> None:
    assert judge(GOOD._replace(key_exchange="DHE", dh_bits=bits))["tls.dh"].status is status


def test_a_client_certificate_is_a_warning() -> None:
    assert judge(GOOD._replace(client_certificate_asked=True))["tls.clientcert"].status is WARN


def test_a_server_that_insists_on_a_client_certificate_is_told_to_stop() -> None:
    check = judge(GOOD._replace(outcome=Outcome.ALERT, alert="handshake_failure", client_certificate_asked=True))["tls.handshake"]

    assert (check.status, check.fix) == (FAIL, "do not insist on a client certificate on this port")


@pytest.mark.parametrize(
    ("first", "name"),
    [
        (b"* OK x", "IMAP in plain text"),
        (b"220 x", "SMTP in plain text"),
        (b"+OK x", "POP3 in plain text"),
        (b"SSH-2.0", "SSH"),
        (b"HTTP/1.0", "HTTP in plain text"),
        (b"\x00", "no protocol that is known here"),
    ],
)
def test_a_protocol_is_named_by_its_first_bytes(first: bytes, name: str) -> None:
    assert name_protocol(first) == name
