"""Random sites with the options of these targets, and their plans as `gatepost plan` prints them."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.pfsense.world import MAIL
from tests.support.cli import gatepost
from tests.support.sites import RandomSite, sites


class Case(NamedTuple):
    """A site, the ports that its server moved services to, and the interfaces that connectors come in by."""

    site: RandomSite
    ports: tuple[tuple[str, int], ...]
    interfaces: tuple[str, ...]

    def write(self, folder: Path, *, extra: str = "", name: str = "random") -> Path:
        """Write the site with its profiles and the options of both targets, and `extra` ones such as `, log: true`."""
        folder.mkdir(exist_ok=True)
        path = self.site.write(folder)
        lines = []
        if self.ports:
            moved = ", ".join(f"{name}: {port}" for name, port in self.ports)
            lines.append(f"server: {{ports: {{{moved}}}}}")
        options = f'{{interface: [{", ".join(self.interfaces)}], destination: ["{MAIL[0]}", "{MAIL[1]}"]{extra}}}'
        lines += ["targets:", f"  pfsense: {options}", f"  opnsense: {options}"]
        path.write_text(path.read_text().replace("name: random", f"name: {name}") + "\n".join(lines) + "\n")
        return path


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A random site; a third of them move a service to another port, a third come in by two interfaces."""
    site = draw(sites())
    movable = sorted(site.services - {"smtp"})
    moved = draw(st.lists(st.sampled_from(movable), max_size=2, unique=True)) if movable else []
    ports = tuple((name, 1000 + 10 * number + draw(st.integers(0, 9))) for number, name in enumerate(moved))
    return Case(site, ports, draw(st.sampled_from([("wan",), ("wan",), ("wan", "opt1")])))


def plan_of(path: Path) -> dict[str, Any]:
    """The plan of a site."""
    done = gatepost("plan", path, "--format", "json")
    assert done.status == 0, done.err
    plan: dict[str, Any] = json.loads(done.out)
    return plan
