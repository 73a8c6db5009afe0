"""TLS: what a client that ends at TLS 1.2, as HubSpot's, meets."""

from typing import Final

from tests.preflight.scenarios.row import Row

TLS: Final = (
    Row("openssl, TLS 1.0", "--imap s-tls10:993", 0, "tls.version=warn software=note"),
    Row("openssl, TLS 1.1", "--imap s-tls11:993", 0, "tls.version=warn software=note"),
    Row("openssl, TLS 1.2", "--imap s-tls12:993", 0, "software=note"),
    Row("openssl, TLS 1.2, an elliptic key", "--imap s-tls12-ec:993", 0, "software=note"),
    Row("openssl, TLS 1.3", "--imap s-tls13:993", 1, "tls.version=fail stop"),
    Row("openssl, TLS 1.0, STARTTLS", "--smtp s-tls10-starttls:587", 0, smtp="tls.version=warn"),
    Row("openssl, TLS 1.3, STARTTLS", "--smtp s-tls13-starttls:587", 1, smtp="tls.version=fail stop"),
    Row("SSL 3.0", "--imap sslv3:993", 0, "tls.version=warn tls.handshake=skip stop:cert.chain"),
    Row("SSL 3.0, STARTTLS", "--imap sslv3-starttls:143", 0, "tls.version=warn tls.handshake=skip software=skip stop:cert.chain"),
    Row("static RSA", "--imap static-rsa:993", 0, "tls.kex=warn software=note"),
    Row("Diffie-Hellman, 768 bits", "--imap dh-768:993", 1, "tls.dh=fail tls.handshake=fail stop:cert.chain"),
    Row("Diffie-Hellman, 1024 bits", "--imap dh-1024:993", 0, "tls.dh=warn software=note"),
    Row("Diffie-Hellman, 2048 bits", "--imap dh-2048:993", 0, "software=note"),
    Row("client's certificate asked for", "--imap client-asked:993", 0, "tls.clientcert=warn software=note"),
    Row("client's certificate demanded", "--imap client-required:993", 1, "tls.clientcert=warn tls.handshake=fail stop:cert.chain"),
    Row("no cipher in common", "--imap no-shared-cipher:993", 1, "tls.version=fail stop"),
    Row("unrecognized name", "--imap alert-unrecognized-name:993", 1, "tls.version=fail stop"),
    Row("internal error at once", "--imap alert-internal-error:993", 1, "tls.version=fail stop"),
    Row("breaks after its hello", "--imap broken-handshake:993", 1, "tls.handshake=fail stop:cert.chain"),
    Row("breaks after its hello, STARTTLS", "--smtp broken-handshake-smtp:587", 1, smtp="tls.handshake=fail stop:cert.chain"),
    Row("closes on the client's hello", "--imap closes-on-hello:993", 1, "tls.version=fail stop"),
    Row("needs the name to choose the certificate", "--imap wants-sni:993", 0, "software=note"),
    Row("a megabyte of certificates", "--imap huge:993 --timeout 10", 1, "tls.handshake=fail stop:tls.kex"),
)
