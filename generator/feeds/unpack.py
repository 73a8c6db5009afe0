"""Unpacking what a server sends packed, never to more than a limit: a few kilobytes can stand for gigabytes."""

import zlib

from generator.feeds.web import FetchError


class DamagedError(ValueError):
    """Packed bytes that are damaged or end too early."""


def unpack(body: bytes, encoding: str, max_bytes: int, url: str) -> bytes:
    """The document in an answer with that `Content-Encoding`.

    Raises:
        DamagedError: the bytes are not what the encoding says.
        FetchError: the encoding is none that was asked for, or the document is too large.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip"):
        raise FetchError("LCK045", f"{url} answers in an encoding that was not asked for", "ask the vendor", reachable=True)
    unpacked, rest = bytearray(), body
    while rest:  # a gzip file may have several members
        machine = zlib.decompressobj(wbits=31)
        try:
            unpacked += machine.decompress(rest, max_bytes + 1 - len(unpacked))
        except zlib.error as error:
            raise DamagedError(str(error)) from error
        if len(unpacked) > max_bytes:
            raise too_large(url, max_bytes)
        if not machine.eof:
            raise DamagedError("it ends too early")
        rest = machine.unused_data
    return bytes(unpacked)


def too_large(url: str, max_bytes: int) -> FetchError:
    """What is said of a document above the limit."""
    message = f"{url} has more than {max_bytes:,} bytes"
    return FetchError("LCK044", message, "look at what is there: no vendor's list is that long", reachable=True)
