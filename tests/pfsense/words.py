"""Lists of words of both firewalls: names that are taken, tags that may be repeated."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of FreeBSD's /etc/services: those of mail and of everything that a person might call a list after. The file itself has 2,000 more.
SERVICES = _words(
    """
    ftp ssh telnet smtp time nameserver domain tftp finger http kerberos pop2 pop3 sunrpc auth sftp nntp ntp imap imap2
    imap3 snmp bgp irc ldap https smtps submissions submission imaps pop3s ldaps syslog sip sips mysql postgresql rdp vnc
    openvpn isakmp radius rsync socks nfs git redis sieve managesieve mail whois gopher
    """
)
PROTOCOLS = _words(
    """
    ip icmp igmp ggp ipencap tcp egp igp udp gre esp ah ipv6 ipv6-icmp ospf ospfigp pim carp vrrp l2tp sctp rdp udplite
    """
)
# The words of pf's own grammar that consist of letters, digits and underscores.
KEYWORDS = _words(
    """
    all altq anchor antispoof any bandwidth binat bitmask block buckets cbq code codelq crop debug dnpipe dnqueue drop ether
    fairq fastroute file fingerprints flags floating flush for fragment from global group hfsc hogs hostid in include inet
    inet6 interval keep keepcounters l3 label limit linkshare load log loginterface match max modulate nat no on
    optimization os out overload pass port prio priority priq probability proto qlimit queue quick random rdr realtime
    reassemble return ridentifier route rtable rule scrub set skip sloppy state syncookies synproxy table tag tagged target
    tbrsize timeout to tos ttl upperlimit user
    """
)
# pfSense's own tables.
TABLES = _words(
    """
    bogons bogonsv6 negate_networks snort2c sshguard tonatsubnets virusprot vpn_networks
    """
)

# listtags() of xmlparse.inc: any other tag may come once in its parent.
LIST_TAGS = _words(
    """
    acls alias aliasurl allowedip allowedhostname authserver bridged build_port_path ca cacert cert crl clone config
    container columnitem checkipservice depends_on_package disk dnsserver dnsupdate domainoverrides dyndns earlyshellcmd
    element encryption-algorithm-option field fieldname gateway_item gateway_group gif gre group hash-algorithm-option hosts
    ifgroupentry igmpentry interface_array item key lagg laggroup lbaction lbpool l7rules lbprotocol member menu tab
    mobilekey mobilegroup monitor_type mount npt ntpserver onetoone openvpn-server openvpn-client openvpn-csc option package
    passthrumac phase1 phase2 ppp pppoe priv proxyarpnet pool qinqentry queue pages pipe radnsserver roll route row
    rrddatafile rule schedule service servernat servers sshkeyfile serversdisabled shellcmd staticmap subqueue switch swport
    timerange tunnel user vip virtual_server vlan vlangroup voucherdbfile vxlan wgpeer winsserver wolentry widget
    xmldatafile
    """
)
