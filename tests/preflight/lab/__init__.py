"""Mail servers to be looked at by a preflight: real ones, and bad ones, in a network of the tests' own.

    with PreflightLab() as lab:
        lab.start("dovecot")                              # dovecot.example.org, at 192.0.2.10, listens on 143 and 993
        lab.start("says-nothing")                         # a scripted peer: see peers.py and tls_peers.py for all of them
        lab.namespace.run(main, "--imap", "dovecot.example.org:993", "--resolver", NAME_SERVER, "--ca-bundle", str(lab.office.roots))

Hosts are NAME.example.org. Real servers: one Dovecot and one Postfix, with an address for each way they are set up (servers.py), and for
each certificate (recipes.py); Courier-IMAP, Cyrus and Exim (others.py). `lab.office.roots` are the roots to be taken as public.
"""

from tests.preflight.lab.addresses import NAME_SERVER, host_of
from tests.preflight.lab.lab import PreflightLab

__all__ = ["NAME_SERVER", "PreflightLab", "host_of"]
