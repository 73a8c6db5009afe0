"""Microsoft's own models as a judge of security rules: `[{name, properties}]` in, a line out for each mistake."""

import json
import sys
from typing import Any

# Of the environment `models` (.ci/clouds), which mypy does not look into.
from azure.mgmt.network.models import SecurityRule  # type: ignore[import-not-found]


def mistakes(rule: dict[str, Any]) -> list[str]:
    """What the model refuses, does not know, or reads in another way."""
    try:
        written = SecurityRule.deserialize(rule).serialize()
    except Exception as error:  # noqa: BLE001  # whatever it raises is what it says
        return [f"{rule['name']}: {' '.join(str(error).split())}"]
    known = {attribute["key"].removeprefix("properties.") for attribute in SecurityRule._attribute_map.values()}
    strange = [f"{rule['name']}: there is no {key}" for key in rule["properties"] if key not in known]
    return strange + ([] if written == rule else [f"{rule['name']}: read as {written}"])


for one in json.load(sys.stdin):
    for text in mistakes(one):
        sys.stdout.write(f"{text}\n")
