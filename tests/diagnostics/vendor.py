"""A vendor for the cases of `update`: feeds.example.org, behind a proxy, with everything that goes wrong on the way."""

import atexit
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.feeds.server.authority import Authority
from tests.feeds.server.web import Reply, running_proxy, running_vendor

PAGES: Final = {
    "/busy.txt": Reply(b"", 503, (("Retry-After", "3600"),)),
    "/cut.txt": Reply(b"192.0.2.1\n", length=1000),
    "/elsewhere.txt": Reply(b"", 302, (("Location", "http://feeds.example.org/list.txt"),)),
    "/bomb.txt": Reply(b" " * 33_600_000, packed=True),
}


@cache
def vendor_environment() -> dict[str, str]:
    """What the environment says, so that feeds.example.org is the vendor. The vendor lives as long as the process."""
    stack = ExitStack()
    atexit.register(stack.close)
    authority = Authority(Path(stack.enter_context(TemporaryDirectory())))
    vendor = stack.enter_context(running_vendor(authority.good()))
    late = stack.enter_context(running_vendor(authority.expired()))
    for where, reply in PAGES.items():
        vendor.put(where, reply)
    proxy = stack.enter_context(running_proxy(vendor.port, {"expired.example.org": late.port}))
    return {"https_proxy": f"http://{proxy.address}", "SSL_CERT_FILE": str(authority.trusted), "no_proxy": "", "NO_PROXY": ""}
