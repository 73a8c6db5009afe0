"""Courier-IMAP, Cyrus and Exim from Debian, unpacked by .ci/peers and run by chroot, each on an address of its own."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.house.tree import ROOT
from tests.kernel.lab import LabError
from tests.mail.lab.machine import Machine
from tests.mail.lab.people import ALICE, PASSWORDS, VMAIL_ID
from tests.preflight.lab.addresses import OTHER_HOSTS
from tests.preflight.lab.certificates import Issued

WRITTEN: Final = ("etc/courier", "var/lib/courier", "var/lib/cyrus", "var/spool/cyrus", "var/spool/exim4", "var/log", "var/mail")
LAST_PORTS: Final = {"courier": 993, "courier-limit": 993, "cyrus": 993, "exim": 465}  # of those that each opens
_UNPACK_SECONDS: Final = 300.0
_COURIER_ID: Final = 901
_EXIM_ID: Final = 903

_COURIER: Final = """\
cat >>/etc/courier/imapd <<'END'
ADDRESS={address}
END
cat >>/etc/courier/imapd-ssl <<'END'
SSLADDRESS={address}
TLS_CERTFILE={pem}
TLS_DHPARAMS=
TLS_TRUSTCERTS=
END
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' /etc/courier/authdaemonrc
mkdir -p /run/courier/authdaemon
chown -R courier:courier /run/courier /var/lib/courier
hash=$(perl -e 'print crypt(q({password}), q($6$gatepost$))')
printf '%s\\tuid={vmail}|gid={vmail}|home=/var/mail/alice|mail=/var/mail/alice/Maildir|systempw=%s\\n' {user} "$hash" >/etc/courier/userdb
chmod 600 /etc/courier/userdb
/usr/sbin/makeuserdb
/usr/sbin/courierlogger -pid=/run/courier/authdaemon/pid -start /usr/lib/courier/courier-authlib/authdaemond
maildirmake.courier /var/mail/alice/Maildir
maildirmake.courier -f Sent /var/mail/alice/Maildir
chown -R vmail:vmail /var/mail/alice
/usr/lib/courier/imapd start
/usr/lib/courier/imapd-ssl start
# The same once more with another limit: what imapd-ssl does.
env -i sh -c 'set -a; bindir=/usr/bin; . /etc/courier/imapd; . /etc/courier/imapd-ssl; IMAP_TLS=1
  /usr/sbin/courierlogger -pid=/run/courier/limit.pid -start -name=limit \\
    /usr/sbin/couriertcpd -address={limited} -maxprocs=40 -maxperip=3 -nodnslookup -noidentlookup 993 \\
    /usr/bin/couriertls -server -tcpd -user=courier /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir'
"""

_CYRUS_IMAPD: Final = """\
configdirectory: /var/lib/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
defaultpartition: default
partition-default: /var/spool/cyrus/mail
virtdomains: userid
defaultdomain: localhost
admins: cyrus
allowplaintext: yes
sasl_mech_list: PLAIN LOGIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb
autocreate_quota: 1048576
autocreate_inbox_folders: Sent
tls_server_cert: {chain}
tls_server_key: {key}
tls_session_timeout: 0
servername: mail.example.org
"""
_CYRUS_MASTER: Final = """\
START {{
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C {folder}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="/usr/lib/cyrus/bin/imapd -C {folder}/imapd.conf" listen="{address}:143" prefork=0
  imaps cmd="/usr/lib/cyrus/bin/imapd -s -C {folder}/imapd.conf" listen="{address}:993" prefork=0
}}
EVENTS {{
}}
"""
_CYRUS: Final = """\
mkdir -p /run/cyrus/proc /run/cyrus/lock /run/cyrus/socket /var/spool/cyrus/mail
chown -R cyrus:mail /run/cyrus /var/lib/cyrus /var/spool/cyrus
printf '%s' '{password}' | saslpasswd2 -c -p -f {folder}/sasldb -u {domain} {name}
chown -R cyrus:mail {folder}
/usr/lib/cyrus/bin/master -C {folder}/imapd.conf -M {folder}/cyrus.conf -d -p /run/cyrus/master.pid
"""

_EXIM_CONFIG: Final = """\
primary_hostname = mail.example.org
exim_path = /usr/sbin/exim4
spool_directory = /var/spool/exim4
log_file_path = /var/log/exim-%slog
local_interfaces = <; {address}
daemon_smtp_ports = 25 : 587 : 465
tls_on_connect_ports = 465
tls_advertise_hosts = *
tls_certificate = {chain}
tls_privatekey = {key}
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
acl_smtp_rcpt = refuse
host_lookup =
rfc1413_query_timeout = 0s
begin acl
refuse:
  deny
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and {{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and {{{{eq{{$auth1}}{{{user}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
"""


def find_peers() -> Path:
    """The root of their file system.

    Raises:
        LabError: it cannot be had.
    """
    script = str(ROOT / ".ci" / "peers")
    done = subprocess.run([script], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_UNPACK_SECONDS, check=False)
    if done.returncode:
        raise LabError(f"no Courier-IMAP, Cyrus and Exim: {done.stderr.strip()}")
    return Path(done.stdout.splitlines()[-1])


def start_courier(machine: Machine, folder: Path, issued: Issued) -> None:
    """Courier-IMAP with alice's mailbox."""
    pem = folder / "courier.pem"
    pem.write_bytes(issued.chain.read_bytes() + issued.key.read_bytes())
    os.chown(pem, _COURIER_ID, _COURIER_ID)
    shutil.copytree(machine.root / "etc/courier", machine.outside("/etc/courier"), dirs_exist_ok=True)
    machine.outside("/var/mail/alice").mkdir(exist_ok=True)
    _start(machine, _COURIER, address=OTHER_HOSTS["courier"], limited=OTHER_HOSTS["courier-limit"], pem=pem)


def start_cyrus(machine: Machine, folder: Path, issued: Issued) -> None:
    """Cyrus; alice's mailbox is made when she logs in first."""
    own = folder / "cyrus"
    chain, key = _copy(issued, own)
    own.joinpath("imapd.conf").write_text(_CYRUS_IMAPD.format(folder=own, chain=chain, key=key), encoding="utf-8")
    own.joinpath("cyrus.conf").write_text(_CYRUS_MASTER.format(folder=own, address=OTHER_HOSTS["cyrus"]), encoding="utf-8")
    name, _, domain = ALICE.partition("@")
    _start(machine, _CYRUS, folder=own, name=name, domain=domain)


def start_exim(machine: Machine, folder: Path, issued: Issued) -> None:
    """Exim, which knows alice's password."""
    own = folder / "exim"
    chain, key = _copy(issued, own)
    configuration = own / "exim.conf"
    text = _EXIM_CONFIG.format(address=OTHER_HOSTS["exim"], chain=chain, key=key, user=ALICE, password=PASSWORDS[ALICE])
    configuration.write_text(text, encoding="utf-8")
    for path in (own, chain, key, machine.outside("/var/spool/exim4"), machine.outside("/var/log")):
        os.chown(path, _EXIM_ID, _EXIM_ID)
    _start(machine, "/usr/sbin/exim4 -C {configuration} -bd\n", configuration=configuration)


def _copy(issued: Issued, folder: Path) -> tuple[Path, Path]:
    """Files of a server's own, which runs as another user."""
    folder.mkdir()
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(issued.chain.read_bytes())
    key.write_bytes(issued.key.read_bytes())
    return chain, key


def _start(machine: Machine, script: str, **words: object) -> None:
    filled = script.format(user=ALICE, password=PASSWORDS[ALICE], vmail=VMAIL_ID, **words)
    machine.run("sh", "-eu", stdin=filled)
