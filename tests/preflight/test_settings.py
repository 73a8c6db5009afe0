"""The line of a server's configuration stands with what it causes, and only there."""

import pytest

from generator.preflight.result import Check, Status
from generator.preflight.settings import with_setting

ONLY_13 = Check(
    "tls.version", Status.FAIL, "the server speaks TLSv1.3 only", fix="allow TLSv1.2", data=(("version", ""), ("spoken", "TLSv1.3"))
)
PLAIN = Check("tls.version", Status.FAIL, "plain text where TLS should begin", data=(("version", ""), ("outcome", "plain-text")))
INCOMPLETE = Check("cert.chain", Status.FAIL, "the intermediate certificate is missing", data=(("kind", "incomplete"),))
PRIVATE = Check("cert.chain", Status.WARN, "no public CA signed the certificate", data=(("kind", "private"),))


@pytest.mark.parametrize(
    ("product", "application", "line"),
    [
        ("Dovecot", "imap", "allow TLSv1.2; Dovecot: `ssl_min_protocol = TLSv1.2`"),
        ("", "imap", "allow TLSv1.2; Dovecot: `ssl_min_protocol = TLSv1.2`"),
        ("", "smtp", "allow TLSv1.2; Postfix: `smtpd_tls_mandatory_protocols = >=TLSv1.2` and `smtpd_tls_protocols = >=TLSv1.2`"),
        ("Zimbra", "imap", "allow TLSv1.2"),
    ],
)
def test_the_line_is_that_of_the_product(product: str, application: str, line: str) -> None:
    assert with_setting(ONLY_13, product, application).fix == line


@pytest.mark.parametrize("check", [PLAIN, PRIVATE, Check("auth", Status.PASS, "fine"), Check("login", Status.FAIL, "refused")])
def test_what_no_line_causes_has_none(check: Check) -> None:
    assert with_setting(check, "Dovecot", "imap") == check


def test_an_incomplete_chain_is_a_matter_of_a_file() -> None:
    assert "ssl_cert" in with_setting(INCOMPLETE, "Dovecot", "imap").fix
