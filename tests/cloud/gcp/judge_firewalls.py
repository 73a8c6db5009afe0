"""Google's own models as a judge of firewall rules: a list in, one line out for each mistake. Run by their interpreter."""

import json
import sys
from typing import Any

# Of the environment `models` (.ci/clouds), which mypy does not look into.
from google.cloud import compute_v1  # type: ignore[import-not-found]


def mistakes(firewall: dict[str, Any]) -> list[str]:
    """What the model refuses, or reads in another way."""
    try:
        read = compute_v1.Firewall.from_json(json.dumps(firewall), ignore_unknown_fields=False)
    except Exception as error:  # noqa: BLE001  # whatever it raises is what it says
        return [f"{firewall['name']}: {' '.join(str(error).split())}"]
    again = json.loads(compute_v1.Firewall.to_json(read, including_default_value_fields=False, use_integers_for_enums=False))
    lost = {key for key, value in firewall.items() if again.get(key) != value and value not in (False, {"enable": False})}
    return [f"{firewall['name']}: {key} is read as {again.get(key)}" for key in sorted(lost)]


for one in json.load(sys.stdin):
    for text in mistakes(one):
        sys.stdout.write(f"{text}\n")
