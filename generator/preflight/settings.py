"""The lines of a mail server's own configuration that cause a finding, and what they should be."""

from typing import Final

from generator.preflight.result import Check, Status
from generator.preflight.software import COURIER

# By check and product. Sources: Dovecot 2.3 and 2.4 settings; postconf(5) of Postfix 3.6 and later; couriertcpd(8); imapd.conf(5) of Cyrus.
_LINES: Final = {
    ("tls.version", "Dovecot"): "Dovecot: `ssl_min_protocol = TLSv1.2`",
    ("tls.version", "Postfix"): "Postfix: `smtpd_tls_mandatory_protocols = >=TLSv1.2` and `smtpd_tls_protocols = >=TLSv1.2`",
    ("tls.version", COURIER): "Courier: `TLS_PROTOCOL=TLSv1.2+` in imapd-ssl",
    ("tls.version", "Cyrus IMAP"): "Cyrus: `tls_versions: tls1_2 tls1_3`",
    (
        "starttls",
        "Dovecot",
    ): "Dovecot: `ssl = required`, with `ssl_cert` and `ssl_key` (2.4: `ssl_server_cert_file`, `ssl_server_key_file`)",
    ("starttls", "Postfix"): "Postfix: `smtpd_tls_security_level = encrypt` for the submission service, with `smtpd_tls_chain_files`",
    ("cert.chain", "Dovecot"): "Dovecot: `ssl_cert = <` the file with the whole chain (2.4: `ssl_server_cert_file`)",
    ("cert.chain", "Postfix"): "Postfix: the file with the whole chain in `smtpd_tls_chain_files` or `smtpd_tls_cert_file`",
    ("cert.chain", "Cyrus IMAP"): "Cyrus: the file with the whole chain in `tls_server_cert`",
    ("cert.chain", COURIER): "Courier: the whole chain in `TLS_CERTFILE`",
    ("cert.chain", "Exim"): "Exim: the file with the whole chain in `tls_certificate`",
    ("tls.dh", "Dovecot"): "Dovecot: `ssl_dh = <` a file made by `openssl dhparam 2048` (2.4: `ssl_server_dh_file`)",
    ("tls.dh", "Postfix"): "Postfix: `smtpd_tls_dh1024_param_file = auto`",
    ("tls.clientcert", "Dovecot"): "Dovecot: `ssl_verify_client_cert = no` (2.4: `ssl_server_request_client_cert = no`)",
    ("tls.clientcert", "Postfix"): "Postfix: `smtpd_tls_ask_ccert = no` and `smtpd_tls_req_ccert = no`",
    ("auth", "Dovecot"): "Dovecot: `auth_mechanisms = plain login`",
    ("auth", "Postfix"): "Postfix: `smtpd_sasl_auth_enable = yes` for the submission service in master.cf",
    ("plaintext", "Dovecot"): "Dovecot: `disable_plaintext_auth = yes` (2.4: `auth_allow_cleartext = no`)",
    ("plaintext", "Postfix"): "Postfix: `smtpd_tls_auth_only = yes`",
    ("plaintext", COURIER): "Courier: `IMAP_TLS_REQUIRED=1` in imapd-ssl",
    ("plaintext", "Cyrus IMAP"): "Cyrus: `allowplaintext: no`",
    ("connections", "Dovecot"): "Dovecot: raise `mail_max_userip_connections` in `protocol imap`",
    ("connections", COURIER): "Courier: raise `MAXPERIP` in imapd and imapd-ssl",
    ("connections", "Cyrus IMAP"): "Cyrus: raise `maxlogins_per_user` and `maxlogins_per_host`",
    ("greeting", "Postfix"): "Postfix: `smtpd_client_connection_count_limit` and `smtpd_client_connection_rate_limit`",
    ("sender", "Postfix"): "Postfix: `smtpd_sender_login_maps`, `reject_sender_login_mismatch`",
}
_USUAL: Final = {"imap": "Dovecot", "smtp": "Postfix"}  # where the server did not name itself


def with_setting(check: Check, product: str, application: str) -> Check:
    """The check with the line to change in its fix, where something is to be changed and the line is known."""
    line = _LINES.get((check.id, product or _USUAL[application]))
    if line is None or check.status not in (Status.WARN, Status.FAIL, Status.NOTE) or not _is_about_it(check):
        return check
    return check._replace(fix=f"{check.fix}; {line}" if check.fix else line)


def _is_about_it(check: Check) -> bool:
    """Whether the configured line causes the finding: an incomplete chain and not a private one, a version and not plain text."""
    data = dict(check.data)
    if check.id == "cert.chain":
        return data.get("kind") in ("incomplete", "broken")
    if check.id == "tls.version":
        return bool(data.get("version") or data.get("spoken"))
    return check.id == "plaintext" or check.status is not Status.NOTE
