import datetime

import pytest
from cryptography import x509

from generator.preflight.certificate import judge_certificate
from generator.preflight.certificate_rules import judge_interception, judge_keys, judge_purpose, judge_validity
from generator.preflight.reading import Certificate, read_certificate
from generator.preflight.result import Check, Status
from tests.preflight.paper import ANY, CLIENT, DAY, HOST, NOW, SERVER, Paper, intermediate, make, make_ca, private_root, root

PASS, NOTE, WARN, FAIL, SKIP = Status.PASS, Status.NOTE, Status.WARN, Status.FAIL, Status.SKIP
ALL_GOOD = {"cert.name": PASS, "cert.validity": PASS, "cert.key": PASS, "cert.purpose": PASS, "cert.chain": PASS}
SIGNING_ALONE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def judge(
    *sent: Paper, host: str = HOST, names_server: bool = True, public_ca: str = "preferred", option: str = "allow it"
) -> dict[str, Check]:
    checks = judge_certificate(
        tuple(paper.der for paper in sent),
        host,
        names_server=names_server,
        public_ca=public_ca,
        insecure_option=option,
        now=NOW,
        trusted=root().pem,
        vendor="Acme",
    )
    return {check.id: check for check in checks}


def statuses(checks: dict[str, Check]) -> dict[str, Status]:
    return {name: check.status for name, check in checks.items()}


def read(paper: Paper) -> Certificate:
    found = read_certificate(paper.der)
    assert found
    return found


def public(cn: str | None = HOST, names: tuple[str, ...] = (HOST,)) -> dict[str, Check]:
    return judge(make(cn, names, issuer=intermediate()), intermediate())


def test_a_good_certificate_passes_everything() -> None:
    assert statuses(public()) == ALL_GOOD


@pytest.mark.parametrize(
    ("cn", "names", "status", "title"),
    [
        (HOST, (HOST,), PASS, "the certificate is for this host name"),
        (None, ("*.example.org",), PASS, "the certificate is for this host name"),
        ("mail.example.org", (HOST,), NOTE, "the certificate is for this host name, by its SAN"),
        (HOST, (), WARN, "the certificate is for this host name, by its CN alone"),
        (None, ("im*.example.org",), WARN, "the certificate is for this host name, by a wildcard that not every client accepts"),
        (HOST, ("mail.example.org",), FAIL, "the certificate is not for this host name"),
        (None, ("mail.example.org",), FAIL, "the certificate is not for this host name"),
    ],
)
def test_a_name_has_its_status(cn: str | None, names: tuple[str, ...], status: Status, title: str) -> None:
    check = public(cn, names)["cert.name"]

    assert (check.status, check.title) == (status, title)


def test_a_wrong_name_offers_the_names_that_there_are() -> None:
    check = public(None, tuple(f"host-{number}.example.net" for number in range(30)))["cert.name"]

    assert check.detail.startswith("it is for host-0.example.net, host-1.example.net,")
    assert check.detail.endswith(" and 22 more")
    assert check.fix == "have imap.example.org in the SAN of the certificate, or give Acme a name that it has"


def test_a_wrong_name_is_a_warning_where_the_vendor_says_nothing_of_names() -> None:
    assert judge(make("x.example.net", None, issuer=intermediate()), intermediate(), names_server=False)["cert.name"].status is WARN


def test_an_address_in_place_of_a_name_fails_with_the_names() -> None:
    check = judge(make(issuer=intermediate()), intermediate(), host="192.0.2.1")["cert.name"]

    assert (check.status, check.fix) == (FAIL, "give the FQDN; the certificate has imap.example.org")


def test_an_international_name_is_shown_in_both_forms() -> None:
    check = judge(make(None, ["imap.xn--mnchen-3ya.example"], issuer=intermediate()), intermediate(), host="imap.münchen.example")[
        "cert.name"
    ]

    assert check.detail.startswith("imap.xn--mnchen-3ya.example (imap.münchen.example) is in the SAN")


@pytest.mark.parametrize(
    ("begins", "ends", "status"),
    [
        (NOW - 10 * DAY, NOW + 80 * DAY, PASS),
        (NOW - 90 * DAY, NOW - DAY, FAIL),
        (NOW + DAY, NOW + 90 * DAY, FAIL),
        (NOW - 80 * DAY, NOW + 13 * DAY, WARN),
        (NOW - 80 * DAY, NOW + 14 * DAY, PASS),
        (NOW - 3 * DAY, NOW + 3 * DAY, PASS),
        (NOW - 5 * DAY, NOW + DAY, WARN),
        (NOW - DAY, NOW, WARN),
        (NOW, NOW + 80 * DAY, PASS),
    ],
)
def test_dates_are_judged_by_what_is_left(begins: datetime.datetime, ends: datetime.datetime, status: Status) -> None:
    assert judge_validity((read(make(begins=begins, ends=ends)),), NOW).status is status


def test_an_expired_intermediate_fails_and_is_named() -> None:
    old = make_ca("Old Intermediate", root(), ends=NOW - DAY)
    check = judge(make(issuer=old), old)["cert.validity"]

    assert check.status is FAIL
    assert "Old Intermediate" in check.title


def test_an_expired_certificate_that_nobody_needs_is_no_matter() -> None:
    old = make_ca("Old Intermediate", root(), ends=NOW - DAY)

    assert judge(make(issuer=intermediate()), intermediate(), old)["cert.validity"].status is PASS


@pytest.mark.parametrize(
    ("key", "status"),
    [("RSA-2048", PASS), ("P-256", PASS), ("RSA-1024", WARN), ("P-192", FAIL), ("DSA", FAIL), ("Ed25519", NOTE)],
)
def test_keys_are_judged_by_kind_and_size(key: str, status: Status) -> None:
    assert judge_keys((read(make(key=key, issuer=intermediate())),)).status is status


@pytest.mark.parametrize(
    ("self_signed", "digest", "status"),
    [(False, "sha256", PASS), (False, "sha1", FAIL), (True, "sha1", PASS), (False, "md5", FAIL), (True, "md5", FAIL), (False, "", PASS)],
)
def test_hashes_of_signatures_are_judged(self_signed: bool, digest: str, status: Status) -> None:
    one = read(make())._replace(self_signed=self_signed, signature_hash=digest)

    assert judge_keys((one,)).status is status


def test_rsa_below_1024_bits_fails() -> None:
    assert judge_keys((read(make(key="RSA-1024"))._replace(key_bits=768),)).status is FAIL


def test_a_weak_signature_higher_in_the_chain_is_found_and_that_of_a_root_is_not_looked_at() -> None:
    leaf, above = read(make(issuer=intermediate())), read(intermediate())._replace(signature_hash="sha1")

    assert judge_keys((leaf, above)).status is FAIL
    assert judge_keys((leaf, above._replace(self_signed=True))).status is PASS


@pytest.mark.parametrize(
    ("purposes", "status"),
    [([SERVER], PASS), ([CLIENT, SERVER], PASS), (None, PASS), ([CLIENT], FAIL), ([ANY], WARN)],
)
def test_the_purpose_must_be_a_servers(purposes: list[x509.ObjectIdentifier] | None, status: Status) -> None:
    assert judge_purpose(read(make(purposes=purposes))).status is status


def test_a_key_for_certificates_alone_is_none_for_tls() -> None:
    assert judge_purpose(read(make(usage=SIGNING_ALONE))).status is FAIL


@pytest.mark.parametrize(("public_ca", "status"), [("required", FAIL), ("preferred", WARN), ("no", NOTE), ("", NOTE)])
def test_a_self_signed_certificate_weighs_as_the_vendor_says(public_ca: str, status: Status) -> None:
    assert judge(make(), public_ca=public_ca)["cert.chain"].status is status


@pytest.mark.parametrize(("public_ca", "status"), [("required", FAIL), ("preferred", FAIL), ("no", WARN)])
def test_a_missing_intermediate_weighs_more_than_a_private_ca(public_ca: str, status: Status) -> None:
    assert judge(make(issuer=intermediate()), public_ca=public_ca)["cert.chain"].status is status


def test_the_option_of_the_connector_is_named() -> None:
    check = judge(make(issuer=private_root()), private_root())["cert.chain"]

    assert check.title == "no public CA signed the certificate"
    assert check.fix.startswith("tick the connector's option: allow it; or install a certificate of a public CA")


def test_without_such_an_option_none_is_named() -> None:
    assert judge(make(), option="")["cert.chain"].fix == "install a certificate of a public CA"


@pytest.mark.parametrize(
    ("issuer", "found"),
    [
        ("avast! Web/Mail Shield Root", True),
        ("Kaspersky Anti-Virus Personal Root Certificate", True),
        ("FortiGate CA", True),
        ("ESET SSL Filter CA", True),
        ("Zscaler Root CA", True),
        ("Reset Systems CA", False),
        ("Let's Encrypt R11", False),
        ("Company Root", False),
    ],
)
def test_a_scanner_in_the_way_is_known_by_its_issuer(issuer: str, found: bool) -> None:
    assert (judge_interception(read(make(issuer=make_ca(issuer)))) is not None) is found


def test_a_public_ca_is_no_scanner_whatever_its_name() -> None:
    scanner = make_ca("Sophos", root())

    assert "cert.intercepted" not in judge(make(issuer=scanner), scanner)


def test_a_private_ca_named_like_a_scanner_is_told() -> None:
    scanner = make_ca("Sophos")

    assert judge(make(issuer=scanner), scanner)["cert.intercepted"].status is WARN


def test_without_a_certificate_nothing_is_judged() -> None:
    assert set(statuses(judge()).values()) == {SKIP}


def test_a_certificate_that_is_none_fails_once() -> None:
    checks = judge_certificate(
        (b"no certificate",), HOST, names_server=True, public_ca="", insecure_option="", now=NOW, trusted=root().pem, vendor="Acme"
    )

    assert [check.status for check in checks] == [FAIL, SKIP, SKIP, SKIP, SKIP]
