"""What a chain is worth, held against `openssl verify`: it reads files and not a handshake, so it is another way to the same verdict."""

import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from generator.preflight.chain import judge_chain, load_public_roots, read_roots
from tests.preflight.paper import (
    CLIENT,
    DAY,
    NOW,
    Paper,
    intermediate,
    make,
    make_ca,
    private_root,
    root,
)

LEAF = make(issuer=intermediate())
SELF = make()
PRIVATE_CA = make_ca("Company Intermediate", private_root())
PRIVATE_LEAF = make(issuer=PRIVATE_CA)
FORGED_CA = make_ca("Public Intermediate", private_root())  # the name of the real one, another signature
NO_CA = make(cn="not a CA", names=None, issuer=root(), purposes=None)
SECOND = make_ca("Second Intermediate", intermediate())

CASES = [
    ("full chain", [LEAF, intermediate()], "public"),
    ("full chain with its root", [LEAF, intermediate(), root()], "public"),
    ("wrong order", [LEAF, root(), intermediate()], "public"),
    ("the same one twice", [LEAF, LEAF, intermediate()], "public"),
    ("straight from the root", [make(issuer=root())], "public"),
    ("two intermediates", [make(issuer=SECOND), SECOND, intermediate()], "public"),
    ("RSA key", [make(issuer=intermediate(), key="RSA-2048"), intermediate()], "public"),
    ("weak RSA key", [make(issuer=intermediate(), key="RSA-1024"), intermediate()], "public"),
    ("Ed25519 key", [make(issuer=intermediate(), key="Ed25519"), intermediate()], "public"),
    ("DSA key", [make(issuer=intermediate(), key="DSA"), intermediate()], "public"),
    ("expired", [make(issuer=intermediate(), begins=NOW - 90 * DAY, ends=NOW - DAY), intermediate()], "public"),
    ("another name", [make("other.example.org", ["other.example.org"], issuer=intermediate()), intermediate()], "public"),
    ("for clients alone", [make(issuer=intermediate(), purposes=[CLIENT]), intermediate()], "public"),
    ("issuer not sent", [LEAF], "incomplete"),
    ("another intermediate sent", [LEAF, PRIVATE_CA], "incomplete"),
    ("root sent in place of the intermediate", [LEAF, root()], "incomplete"),
    ("first of two intermediates missing", [make(issuer=SECOND), intermediate()], "incomplete"),
    ("private CA", [PRIVATE_LEAF, PRIVATE_CA], "private"),
    ("private CA with its root", [PRIVATE_LEAF, PRIVATE_CA, private_root()], "private"),
    ("private root that signs itself, straight", [make(issuer=private_root()), private_root()], "private"),
    ("private CA for clients alone", [make(issuer=PRIVATE_CA, purposes=[CLIENT]), PRIVATE_CA], "private"),
    ("self-signed", [SELF], "self-signed"),
    ("self-signed RSA", [make(key="RSA-2048")], "self-signed"),
    ("self-signed CA", [make(ca=True)], "self-signed"),
    ("self-signed with a stranger's chain", [SELF, intermediate()], "self-signed"),
    ("signed by one that is no CA", [make(issuer=NO_CA), NO_CA], "broken"),
]
ROOTS = (root().certificate,)


def ders(sent: list[Paper]) -> tuple[bytes, ...]:
    return tuple(paper.der for paper in sent)


@pytest.mark.parametrize(("sent", "kind"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_chain_is_worth_what_leads_to_a_root(sent: list[Paper], kind: str) -> None:
    assert judge_chain(ders(sent), ROOTS).kind == kind


@pytest.mark.parametrize("sent", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_openssl_verify_comes_to_the_same_from_files(tmp_path: Path, sent: list[Paper]) -> None:
    (tmp_path / "root.pem").write_bytes(root().pem)
    (tmp_path / "leaf.pem").write_bytes(sent[0].pem)
    (tmp_path / "sent.pem").write_bytes(b"".join(paper.pem for paper in sent))
    options = ["-no-CApath", "-no-CAstore", "-no_check_time", "-auth_level", "0", "-CAfile", "root.pem", "-untrusted", "sent.pem"]
    verified = subprocess.run(["openssl", "verify", *options, "leaf.pem"], cwd=tmp_path, capture_output=True, check=False).returncode == 0

    assert (judge_chain(ders(sent), ROOTS).kind == "public") == verified


def test_a_signature_by_somebody_of_the_same_name_does_not_count() -> None:
    assert judge_chain((LEAF.der, FORGED_CA.der), ROOTS).kind != "public"


def test_a_changed_byte_in_the_signature_breaks_the_chain() -> None:
    forged = LEAF.der[:-1] + bytes((LEAF.der[-1] ^ 1,))

    assert judge_chain((forged, intermediate().der), ROOTS).kind in ("broken", "incomplete")


def test_a_self_signed_certificate_that_is_taken_as_a_root_is_public() -> None:
    assert judge_chain((SELF.der,), (SELF.certificate,)).kind == "public"


@pytest.mark.parametrize("digest", ["-md5", "-sha1"])
def test_hashes_that_the_library_checks_no_more_hide_no_self_signed_certificate(tmp_path: Path, digest: str) -> None:
    (tmp_path / "key.pem").write_bytes(make(key="RSA-2048").key_pem)
    command = ["openssl", "req", "-x509", "-key", "key.pem", "-subj", "/CN=imap.example.org", "-outform", "DER", digest]
    der = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    chain = judge_chain((der,), ROOTS)

    assert (chain.kind, chain.path[0].self_signed, f"-{chain.path[0].signature_hash}") == ("self-signed", True, digest)


@pytest.mark.parametrize(("sent_issuer", "kind"), [(True, "private"), (False, "incomplete")])
def test_hashes_that_the_library_checks_no_more_hide_no_issuer(tmp_path: Path, sent_issuer: bool, kind: str) -> None:
    company = make_ca("Old Company", key="RSA-2048")
    (tmp_path / "key.pem").write_bytes(company.key_pem)
    (tmp_path / "ca.pem").write_bytes(company.pem)
    request = subprocess.run(
        ["openssl", "req", "-new", "-key", "key.pem", "-subj", "/CN=imap.example.org"], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    command = ["openssl", "x509", "-req", "-CA", "ca.pem", "-CAkey", "key.pem", "-set_serial", "7", "-sha1", "-outform", "DER"]
    der = subprocess.run(command, cwd=tmp_path, input=request, capture_output=True, check=True).stdout

    assert judge_chain((der, company.der) if sent_issuer else (der,), ROOTS).kind == kind


def test_the_path_is_what_was_sent_from_the_server_upwards() -> None:
    path = judge_chain((LEAF.der, SELF.der, intermediate().der, root().der), ROOTS).path

    assert [one.der for one in path] == [LEAF.der, intermediate().der]


@pytest.mark.parametrize(
    "junk", [b"", b"x", b"\x30\x00", LEAF.der[:-5], LEAF.der + b"x"], ids=["nothing", "letter", "empty", "short", "long"]
)
def test_what_is_no_certificate_is_not_judged(junk: bytes) -> None:
    assert judge_chain((junk,), ROOTS).kind == "unjudged"


def test_junk_behind_a_good_chain_stops_no_judgement() -> None:
    assert judge_chain((LEAF.der, intermediate().der, b"junk"), ROOTS).kind in ("public", "unjudged")


def test_no_roots_trust_nobody() -> None:
    assert judge_chain((LEAF.der, intermediate().der), ()).kind == "private"


def test_the_public_roots_are_many_and_can_be_read() -> None:
    assert len(read_roots(load_public_roots())) > 100


def test_a_chain_in_a_circle_ends() -> None:
    first = make_ca("Circle A", make_ca("Circle B"))
    second = make_ca("Circle B", make_ca("Circle A"))

    assert judge_chain((first.der, second.der), ROOTS).kind in ("private", "incomplete", "self-signed")


def test_roots_are_read_with_text_around_them() -> None:
    roots = read_roots("# Müller's CA\n".encode() + root().pem + b"rubbish\n" + private_root().pem.replace(b"\n", b"\r\n"))

    assert roots == (root().certificate, private_root().certificate)


@pytest.mark.parametrize(
    "pem",
    [b"", b"no PEM", b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n", LEAF.key_pem],
    ids=["nothing", "text", "not-base64", "a-key"],
)
def test_a_file_without_a_certificate_is_refused(pem: bytes) -> None:
    with pytest.raises(ValueError, match="no certificate in PEM form"):
        read_roots(pem)


def test_a_large_chain_is_judged_in_pieces() -> None:
    names = [f"host-{number}.example.org" for number in range(1500)]
    leaf = make(None, names, issuer=intermediate())

    assert len(leaf.der) > 2**15
    assert judge_chain((leaf.der, intermediate().der), ROOTS).kind == "public"


def test_roots_are_certificates() -> None:
    assert isinstance(ROOTS[0], x509.Certificate)
