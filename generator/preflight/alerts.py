"""The alerts of TLS and what each means for somebody who runs the server (RFC 8446, section 6; RFC 5246, section 7.2)."""

from typing import Final

ALERTS: Final = {
    0: ("close_notify", "the server ended the connection in order"),
    10: ("unexpected_message", "the server got something it did not expect at this point"),
    20: ("bad_record_mac", "a record was damaged on its way, or the server's cryptography is broken"),
    21: ("decryption_failed", "the server could not decrypt a record"),
    22: ("record_overflow", "a record was too long for the server"),
    30: ("decompression_failure", "the server could not unpack a record"),
    40: ("handshake_failure", "nothing that both sides accept among ciphers and signatures, or the server has no certificate configured"),
    41: ("no_certificate", "the server wants a client certificate"),
    42: ("bad_certificate", "the server found a certificate damaged"),
    43: ("unsupported_certificate", "the server does not take this kind of certificate"),
    44: ("certificate_revoked", "a certificate was revoked"),
    45: ("certificate_expired", "a certificate is out of date"),
    46: ("certificate_unknown", "the server does not accept a certificate"),
    47: ("illegal_parameter", "the server found a field of the handshake wrong"),
    48: ("unknown_ca", "the server does not know who signed a certificate"),
    49: ("access_denied", "the server refuses this client"),
    50: ("decode_error", "the server could not read a message"),
    51: ("decrypt_error", "the server found a signature or a check sum wrong"),
    60: ("export_restriction", "the server keeps to rules of export that ended in 2000"),
    70: ("protocol_version", "the server speaks none of the TLS versions that were offered"),
    71: ("insufficient_security", "the server wants stronger ciphers than were offered"),
    80: ("internal_error", "something is wrong inside the server; its log tells what, often a certificate or key that it can't read"),
    86: ("inappropriate_fallback", "the server speaks something newer than was offered and takes this for an attack"),
    90: ("user_canceled", "the server gave up for reasons of its own"),
    100: ("no_renegotiation", "the server does not start again on a connection"),
    109: ("missing_extension", "the server misses an extension in the offer"),
    110: ("unsupported_extension", "the server got an extension it did not ask for"),
    111: ("certificate_unobtainable", "the server could not fetch a certificate"),
    112: ("unrecognized_name", "the server has no certificate for this host name"),
    113: ("bad_certificate_status_response", "an OCSP answer is wrong"),
    115: ("unknown_psk_identity", "the server knows no such shared key"),
    116: ("certificate_required", "the server wants a client certificate"),
    120: ("no_application_protocol", "the server speaks none of the offered protocols"),
}
_MEANINGS: Final = dict(ALERTS.values())


def name_alert(number: int) -> str:
    """The alert's name, or its number if nobody has named it."""
    return ALERTS.get(number, (f"alert {number}", ""))[0]


def explain_alert(name: str) -> str:
    """What the alert of that name means; nothing for one that has no name."""
    return _MEANINGS.get(name, "")
