"""Peers that are good servers but for their TLS."""

import ssl
from collections.abc import Mapping
from typing import Final

from tests.preflight.lab.kit import Kit, Peer
from tests.preflight.lab.peer import Act, Script
from tests.preflight.lab.scripts import imap, imaps, smtp
from tests.preflight.lab.streams import alert_tls, broken_tls, named_tls

# The first two Oakley groups (RFC 2409, 6.1 and 6.2): real parameters for Diffie-Hellman of lengths that nobody should use.
_OAKLEY_768: Final = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A63A3620FFFFFFFFFFFFFFFF",
    16,
)
_OAKLEY_1024: Final = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)
_OLD: Final = ("-cipher", "ALL:@SECLEVEL=0")


def _static_rsa(kit: Kit) -> Script:
    return imaps(kit.tls12(ciphers="AES128-SHA256:AES256-SHA:@SECLEVEL=0"))


def _named(kit: Kit) -> Script:
    return imaps(named_tls(kit.office.issue("wrong-name"), kit.office.issue("wildcard")))


TLS_PEERS: Final[Mapping[str, Peer]] = {
    "s-tls10": Peer(993, lambda kit: imaps(kit.program("-tls1", *_OLD))),
    "s-tls11": Peer(993, lambda kit: imaps(kit.program("-tls1_1", *_OLD))),
    "s-tls12": Peer(993, lambda kit: imaps(kit.program("-tls1_2"))),
    "s-tls13": Peer(993, lambda kit: imaps(kit.program("-tls1_3"))),
    "s-tls12-ec": Peer(993, lambda kit: imaps(kit.program("-tls1_2", certificate="wildcard"))),
    "s-tls10-starttls": Peer(587, lambda kit: smtp(kit.program("-tls1", *_OLD))),
    "s-tls13-starttls": Peer(587, lambda kit: smtp(kit.program("-tls1_3"))),
    "sslv3": Peer(993, lambda kit: imaps(kit.sslv3())),
    "sslv3-starttls": Peer(143, lambda kit: imap(kit.sslv3())),
    "static-rsa": Peer(993, _static_rsa),
    "dh-768": Peer(993, lambda kit: imaps(kit.finite(_OAKLEY_768))),
    "dh-1024": Peer(993, lambda kit: imaps(kit.finite(_OAKLEY_1024))),
    "dh-2048": Peer(993, lambda kit: imaps(kit.program("-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384"))),
    "client-asked": Peer(993, lambda kit: imaps(kit.tls12(ciphers="DEFAULT", client=ssl.CERT_OPTIONAL))),
    "client-required": Peer(993, lambda kit: imaps(kit.tls12(ciphers="DEFAULT", client=ssl.CERT_REQUIRED))),
    "no-shared-cipher": Peer(993, lambda kit: imaps(kit.tls12(ciphers="ECDHE-ECDSA-AES128-GCM-SHA256"))),
    "alert-unrecognized-name": Peer(993, lambda kit: imaps(alert_tls(112))),
    "alert-internal-error": Peer(993, lambda kit: imaps(alert_tls(80))),
    "broken-handshake": Peer(993, lambda kit: imaps(broken_tls(kit.office.issue("rsa-wildcard")))),
    "broken-handshake-smtp": Peer(587, lambda kit: smtp(broken_tls(kit.office.issue("rsa-wildcard")))),
    "closes-on-hello": Peer(993, lambda kit: imap(kit.tls(), greeting=(Act.HEAR, Act.CLOSE))),
    "wants-sni": Peer(993, _named),
    "rsa-1024": Peer(993, lambda kit: imaps(kit.weak("rsa-1024"))),
    "sha1": Peer(993, lambda kit: imaps(kit.weak("sha1"))),
    "sha1-self-signed": Peer(993, lambda kit: imaps(kit.weak("sha1-self-signed"))),
    "md5": Peer(993, lambda kit: imaps(kit.weak("md5"))),
    "huge": Peer(993, lambda kit: imaps(kit.weak("huge"))),
}
