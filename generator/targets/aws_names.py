"""Names, keys and ids on AWS: made of what they stand for, within the lengths and letters that AWS takes.

A slug never holds `_`, so what `_` joins can't be taken for the name of another site; the same goes for `/` in a description.
"""

from hashlib import sha256
from typing import Final, NamedTuple

from generator.net import Family
from generator.targets.naming import SHORTEST_FIT, fit, underscored

_JOINT: Final = "#"  # AWS takes no `~`
_LOGICAL_DIGEST: Final = 12
FAMILIES: Final = {Family.V4: "IPv4", Family.V6: "IPv6"}
SHORTEST_NAME: Final = 100 + SHORTEST_FIT


class AwsNames(NamedTuple):
    """The names of one site. `prefix` begins all of them; names and descriptions keep their limits."""

    prefix: str
    site: str
    name_letters: int
    description_letters: int

    @property
    def identifier(self) -> str:
        """The site in the names of Terraform. `__` stands for the hyphen of the prefix, so that no other prefix and site meet it."""
        return f"{self.prefix.replace('-', '__')}_{underscored(self.site)}"

    @property
    def owner(self) -> str:
        """Whose an object is: the value of the tag that all of ours have."""
        return f"{self.prefix}/{self.site}"

    @property
    def mark(self) -> str:
        """What begins the description of every rule of the site."""
        return f"{self.owner}/"

    @property
    def group_description(self) -> str:
        """The description of every group. AWS can't change it, so it says nothing that may change."""
        return fit(f"Mail services of {self.site}, kept by gatepost", self.description_letters, joint=_JOINT)

    def group(self, number: int) -> str:
        """The name of a security group: the first has no number."""
        return self._fit(f"{self.prefix}_{self.site}" + ("" if number == 1 else f"_{number}"))

    def prefix_list(self, key: str) -> str:
        """The name of a prefix list."""
        return self._fit(f"{self.prefix}_{self.site}_{key.replace(' ', '_')}")

    def describe(self, rule_id: str) -> str:
        """The description of a rule: whose it is, and the plan's rule that it stands for."""
        return fit(self.mark + rule_id.partition("/")[2], self.description_letters, joint=_JOINT)

    def _fit(self, name: str) -> str:
        return fit(name, self.name_letters, joint=_JOINT)


def list_key(owner: str, family: Family, group: int, part: int) -> str:
    """What tells a prefix list from others within the site; lists of the first group, and first parts, have no number."""
    words = [owner, FAMILIES[family].lower()]
    if group > 1 or part > 1:
        words.append(f"{group}" if part == 1 else f"{group}.{part}")
    return " ".join(words)


def logical_id(kind: str, key: str) -> str:
    """An id of letters and digits alone, as CloudFormation wants it; two keys never share one."""
    return kind + sha256(key.encode()).hexdigest()[:_LOGICAL_DIGEST]
