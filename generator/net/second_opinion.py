"""What netaddr, which forgives more than our grammar, makes of a refused text. The only module that imports it, and late."""


def read_leniently(text: str) -> str | None:
    """The canonical prefix that netaddr reads in a text, or None where it can't either."""
    from netaddr import AddrFormatError, IPNetwork

    try:
        return str(IPNetwork(text).cidr)
    except (AddrFormatError, ValueError):
        return None


def expand_wildcard(text: str) -> list[str]:
    """The prefixes of a wildcard such as `192.0.2.*` or `192.0.2-3.*`; none if it is something else."""
    from netaddr import glob_to_cidrs, valid_glob

    return [str(network) for network in glob_to_cidrs(text)] if valid_glob(text) else []


def read_mask(mask: str) -> tuple[str, int] | None:
    """("netmask", 24) for 255.255.255.0, ("hostmask", 24) for 0.0.0.255; None for what is neither."""
    from netaddr import AddrFormatError, IPAddress

    try:
        address = IPAddress(mask)
    except (AddrFormatError, ValueError):
        return None
    if address.is_netmask():
        return "netmask", int(address.netmask_bits())
    if address.is_hostmask():
        return "hostmask", (32 if address.version == 4 else 128) - int(address).bit_length()
    return None
