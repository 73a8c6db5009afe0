"""A resource in a plan or a state of Terraform."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Resource(NamedTuple):
    """A resource as it is, or will be. `unknown` are those of its values that only applying the plan will tell."""

    address: str
    kind: str
    index: Any
    values: Mapping[str, Any]
    unknown: frozenset[str]
