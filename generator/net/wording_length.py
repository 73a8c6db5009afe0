"""What is wrong behind the slash: a mask, a stray sign, a length out of range, or bits set behind the length."""

import re

from generator.net.faults import Fault, quote
from generator.net.grammar import read_networks
from generator.net.second_opinion import read_mask
from generator.net.values import HOST_BITS_V4, HOST_BITS_V6, address_text


def explain_length(text: str, canonical: str = "") -> Fault | None:
    """What is wrong with a valid address with something behind a slash; `canonical` is how `text` would be spelled with a slash."""
    address, slash, length = (canonical or text).partition("/")
    bits = 128 if ":" in address else 32
    if not slash:
        return None
    if "." in length or ":" in length:
        return _explain_mask(text, address, length)
    if not re.fullmatch("0|[1-9][0-9]*", length):
        return _explain_spelling(text, address, length)
    if len(length) > 3 or int(length) > bits:
        family = "IPv4" if bits == 32 else "IPv6"
        return Fault("NET003", f"{quote(text)} has a prefix length above {bits}", f"{family} has prefix lengths from 0 to {bits}")
    host = read_networks(address)[0]
    host_bits = (HOST_BITS_V4 if bits == 32 else HOST_BITS_V6)[int(length)]
    if not host.first & host_bits:
        return None
    network = f"{address_text(host.family, host.first & ~host_bits)}/{length}"
    hint = f"write {network} for the whole network, or {host.host_text} for the one host"
    return Fault("NET002", f"{quote(text)} has host bits set", hint)


def _explain_mask(text: str, address: str, mask: str) -> Fault:
    found = read_mask(mask) if (":" in address) == (":" in mask) else None
    if not found:
        return _refuse(text, address, mask)
    kind, length = found
    if not length:  # 0.0.0.0 is both: no bit of the network, or every bit of it
        message = f"{quote(text)} is every address to some programs and one address to others"
        return Fault("NET006", message, " for the one address", repaired=address)
    code = "NET006" if kind == "netmask" else "NET007"
    return Fault(code, f"{quote(text)} has a {kind} in place of a prefix length", repaired=f"{address}/{length}")


def _explain_spelling(text: str, address: str, length: str) -> Fault:
    if not length:
        return Fault("NET008", f"{quote(text)} ends with a slash and no prefix length", repaired=address)
    digits = re.fullmatch(r"\+?0*([0-9][0-9_]*)", length)
    return _refuse(text, address, length, repaired=f"{address}/{digits[1].replace('_', '')}" if digits else None)


def _refuse(text: str, address: str, length: str, repaired: str | None = None) -> Fault:
    # What strtoul(3) with base 0 makes of it, and with it nft, iptables and ipset: 024 is 20.
    octal = f", which some programs read as {int(length, 8)}" if re.fullmatch("0[0-7]{1,3}", length) and int(length, 8) > 7 else ""
    hint = "" if repaired else f"a prefix length is a number from 0 to {128 if ':' in address else 32}"
    return Fault("NET008", f"{quote(text)} has {quote(length)} where the prefix length belongs{octal}", hint, repaired)
