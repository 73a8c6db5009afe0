"""Bad peers: a clear verdict in time, whatever they do."""

from typing import Final

from tests.preflight.scenarios.row import Row

BAD_PEERS: Final = (
    Row("lines without an end", "--imap endless-lines:143 --timeout 2", 1, "greeting=fail stop"),
    Row("untagged lines without an end", "--imap endless-untagged:143 --timeout 2", 1, "starttls=fail software=skip stop"),
    Row("untagged lines without an end, TLS", "--imap endless-untagged-tls:993 --timeout 2", 1, "auth=fail software=note stop:auth"),
    Row("a greeting without an end, SMTP", "--smtp endless-greeting-smtp:587 --timeout 2", 1, smtp="greeting=fail stop"),
    Row("an EHLO without an end", "--smtp endless-ehlo:587 --timeout 2", 1, smtp="starttls=fail stop"),
    Row("an EHLO without an end, TLS", "--smtp endless-ehlo-tls:465 --timeout 2", 1, smtp="auth=fail stop:auth"),
    Row("a line without an end", "--imap huge-line:143 --timeout 2", 1, "greeting=fail stop"),
    Row("a line without an end, SMTP", "--smtp huge-line-smtp:587 --timeout 2", 1, smtp="greeting=fail stop"),
    Row("a line without an end, TLS", "--imap huge-line-tls:993 --timeout 2", 1, "greeting=fail stop"),
    Row("binary", "--imap binary:143 --timeout 2", 1, "greeting=fail stop"),
    Row("binary instead of TLS", "--imap binary-instead-of-tls:993 --timeout 2", 1, "tls.version=fail stop"),
    Row("empty records instead of TLS", "--imap records-instead-of-tls:993 --timeout 2", 1, "tls.version=fail stop"),
    Row("byte by byte", "--imap byte-by-byte:143", 0, "software=note"),
    Row("byte by byte without an end", "--imap byte-by-byte-for-ever:143 --timeout 2", 1, "greeting=fail stop"),
    Row("hangs at CAPABILITY", "--imap hangs-at-capability:143 --timeout 2", 1, "starttls=fail software=skip stop"),
    Row("hangs at STARTTLS", "--imap hangs-at-starttls:143 --timeout 2", 1, "starttls=fail software=skip stop"),
    Row("hangs in the handshake", "--imap hangs-in-handshake:143 --timeout 2", 1, "starttls=fail software=skip stop"),
    Row("hangs at CAPABILITY, TLS", "--imap hangs-at-capability-tls:993 --timeout 2", 1, "auth=fail software=note stop:auth"),
    Row("hangs at EHLO", "--smtp hangs-at-ehlo:587 --timeout 2", 1, smtp="starttls=fail stop"),
    Row("hangs at STARTTLS, SMTP", "--smtp hangs-at-starttls-smtp:587 --timeout 2", 1, smtp="starttls=fail stop"),
    Row("hangs at EHLO, TLS", "--smtp hangs-at-ehlo-tls:465 --timeout 2", 1, smtp="auth=fail stop:auth"),
    Row(
        "folders without an end", "--imap list-endless:993 --login --timeout 2", 1, "folders=fail inbox=skip connections=skip software=note"
    ),
    Row(
        "a literal of 100 gigabytes",
        "--imap list-literal:993 --login --timeout 2",
        1,
        "folders=fail inbox=skip connections=skip software=note",
    ),
    Row("control characters", "--imap control-characters:993", 0, "software=note"),
    Row("markup", "--imap markup:993", 0, "software=note"),
)
