"""What is wrong before the slash: a name, a zone id, a wildcard, a number, or not the four numbers or eight groups of an address."""

import re
from socket import AF_INET6, inet_pton
from typing import Final

from generator.net.faults import FORMS, Fault, quote, refuse_all
from generator.net.second_opinion import expand_wildcard
from generator.net.values import V4, address_text

_LOOK_UP: Final = "write its addresses; gatepost looks no names up, and a firewall does so only once, when it loads the rules"
_GROUPS: Final = "an IPv6 address is eight groups of up to four hexadecimal digits; `::` stands for groups of zeros, once"


def explain_address(text: str) -> Fault | None:
    """What is wrong before the slash; None if an address stands there."""
    address, slash, length = text.partition("/")
    tail = slash + length
    if "%" in address:
        bare = address.partition("%")[0]
        return Fault("NET011", f"{quote(text)} has a zone id, which means something on one machine only", repaired=bare + tail)
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}|[0-9]{4,10}", address):
        return _explain_number(text, address, tail)
    if re.fullmatch(r"[0-9.]+", address):
        return _explain_ipv4(text, address, tail)
    if re.fullmatch(r"[0-9.-]*\*[0-9.*-]*|[0-9]+\.[0-9.x]*x|any|all", address, re.IGNORECASE):
        return _explain_wildcard(text, address)
    if _is_name(address):
        return explain_name(text)
    if ":" in address:
        return _explain_ipv6(text, address, length)
    return refuse_all(text)


def _is_name(address: str) -> bool:
    """Whether it is made like a host name, perhaps with a port; `cafe:80` may as well be two groups of an IPv6 address."""
    # Two plain searches: one expression for both would take time in the square of the length.
    name, colon, port = address.partition(":")
    if not re.fullmatch(r"[\w.-]+", name):
        return False
    return bool(re.search("[g-zG-Z]", name) and port.isdecimal() if colon else re.search("[a-zA-Z]", name))


def explain_name(text: str) -> Fault:
    """The fault of a host name in the place of an address."""
    return Fault("NET013", f"{quote(text)} is a host name, not an address", _LOOK_UP)


def _explain_number(text: str, address: str, tail: str) -> Fault:
    value = int(address, 16 if address[:2] in ("0x", "0X") else 10)
    if value >> 32:
        return refuse_all(text)
    dotted = address_text(V4, value)
    return Fault("NET023", f"{quote(text)} is a plain number, which some programs read as {dotted}", repaired=dotted + tail)


def _explain_wildcard(text: str, address: str) -> Fault:
    networks = expand_wildcard(re.sub("[xX]", "*", address)) if address == text else []
    if not re.search("[0-9]", address):
        hint = "to let everybody in, say so for the service: `access: {imaps: public}`"
    elif len(networks) == 1:
        hint = f"write {networks[0]}"
    else:
        hint = "write the networks that are meant, one by one"
    return Fault("NET020", f"{quote(text)} is a wildcard", hint)


def _explain_ipv4(text: str, address: str, tail: str) -> Fault | None:
    numbers = address.split(".")
    if "" in numbers:
        return Fault("NET021", f"{quote(text)} has a dot without a number beside it", FORMS)
    stripped = [number.lstrip("0") or "0" for number in numbers]
    if stripped != numbers:
        octal = _read_octal(numbers)
        fault = f"has a leading zero, so some programs read {octal}" if octal else "has a leading zero"
        return Fault("NET005", f"{quote(text)} {fault}", repaired=".".join(stripped) + tail)
    too_large = next((number for number in numbers if len(number) > 3 or int(number) > 255), None)
    if too_large:
        return Fault("NET021", f"{quote(text)} has the number {quote(too_large)}", "the numbers of an IPv4 address are 0 to 255")
    if len(numbers) > 4:
        return Fault("NET021", f"{quote(text)} has {len(numbers)} numbers, an IPv4 address has four", FORMS)
    if len(numbers) < 4:
        filled = ".".join([*numbers, "0", "0", "0"][:4])
        hint = "" if tail else f"write all four numbers, such as {filled}/{8 * len(numbers)}"
        return Fault("NET004", f"{quote(text)} leaves out numbers, and programs disagree which", hint, filled + tail if tail else None)
    return None


def _read_octal(numbers: list[str]) -> str | None:
    """What inet_aton(3), and with it nft and iptables, make of numbers with leading zeros; None where it is nothing or the same."""
    if len(numbers) != 4 or not all(re.fullmatch("0[0-7]{1,4}|0|[1-9][0-9]{0,2}", number) for number in numbers):
        return None
    values = [int(number, 8 if number[0] == "0" else 10) for number in numbers]
    same = values == [int(number) for number in numbers]
    return None if same or max(values) > 255 else ".".join(map(str, values))


def _explain_ipv6(text: str, address: str, length: str) -> Fault | None:
    try:
        value = int.from_bytes(inet_pton(AF_INET6, address), "big")
    except OSError:
        return Fault("NET022", f"{quote(text)} {_find_group_fault(address)}", _GROUPS)
    if value >> 32 != 0xFFFF:
        return None
    inner = address_text(V4, value & 0xFFFFFFFF)
    if length.isdecimal() and len(length) <= 3 and 96 <= int(length) <= 128:
        inner += f"/{int(length) - 96}"
    message = f"{quote(text)} is an IPv4-mapped IPv6 address, which no packet carries"
    if inner.endswith("/0"):
        return Fault("NET012", message, "write the IPv4 networks that are meant")
    return Fault("NET012", message, repaired=inner)


def _find_group_fault(address: str) -> str:
    """What keeps a text with colons from being an IPv6 address."""
    groups = address.split(":")
    odd = re.search(r"[^0-9a-fA-F:.]", address)
    long_group = next((group for group in groups if len(group) > 4 and "." not in group), None)
    if odd:
        return f"has the character {quote(odd[0])}, which is no hexadecimal digit"
    if re.fullmatch("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}", address):
        return "is a MAC address"
    if ":::" in address or address.count("::") > 1:
        return "has more than one `::`" if ":::" not in address else "has three colons in a row"
    if long_group:
        return f"has the group {quote(long_group)} of more than four digits"
    if "." in address:
        return "has a malformed IPv4 address at its end"
    if re.search("^:[^:]|[^:]:$", address):
        return "has a single colon at its start or end"
    count = len([group for group in groups if group])
    return f"has {count} groups, too {'few' if count < 8 and '::' not in address else 'many'}"
