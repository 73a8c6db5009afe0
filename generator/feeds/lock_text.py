"""The lock as text: the same content is the same bytes, one prefix a line, so that a diff shows what came and went."""

import json
from collections.abc import Iterator
from typing import Final

from generator.models import LockModel, Pin

_HEADER: Final = (
    "# Made by `gatepost update`, not to be edited: the addresses of the site's connectors that come from a feed, as `render` reads them.\n"
    "# Keep it in version control beside the site, and review its changes like those of the site.\n"
)


def lock_text(lock: LockModel) -> str:
    """The text of a lock."""
    lines = ["kind: lock", f"schema: {lock.schema}", "connectors:" if lock.connectors else "connectors: {}"]
    for name in sorted(lock.connectors):
        lines.append(f"  {name}:")
        lines.extend(f"    {line}" for line in _pin_lines(lock.connectors[name]))
    return _HEADER + "".join(f"{line}\n" for line in lines)


def _pin_lines(pin: Pin) -> Iterator[str]:
    for key in ("url", "format", "definition", "fetched", "version", "date", "etag", "last_modified", "sha256"):
        value = getattr(pin, key)
        if value is not None:
            yield f"{key}: {json.dumps(value, ensure_ascii=False)}"
    if pin.networks or not pin.regions:
        yield "networks:" if pin.networks else "networks: []"
        yield from (f"  - {network}" for network in pin.networks)
    if pin.regions:
        yield "regions:"
    for region in sorted(pin.regions):
        yield f"  {region}:"
        yield from (f"    - {network}" for network in pin.regions[region])
    if pin.leaving:
        yield "leaving:"
    for item in pin.leaving:
        where = f", region: {item.region}" if item.region else ""
        yield f'  - {{network: "{item.network}"{where}, until: {item.until}}}'
    if pin.seal:
        yield f'seal: "{pin.seal}"'
