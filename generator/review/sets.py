"""Set operations on long runs that are asked for again and again: services of one plan share their sources."""

from generator.net.runs import Runs, intersect_runs, subtract_runs, unite_runs


class Sets:
    """Remembers results by the identity of the operands, which it keeps alive. The same question gives the same object."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, tuple[int, ...]], Runs] = {}
        self._kept: list[tuple[Runs, ...]] = []

    def but(self, one: Runs, other: Runs) -> Runs:
        """Every number of `one` that is not in `other`."""
        if not one or not other:
            return one
        return self._once("but", (one, other))

    def both(self, one: Runs, other: Runs) -> Runs:
        """Every number that is in both."""
        if not one or not other or one is other:
            return one and other
        return self._once("both", (one, other))

    def union(self, *sets: Runs) -> Runs:
        """Every number that is in any."""
        filled = {id(runs): runs for runs in sets if runs}
        if len(filled) < 2:
            return next(iter(filled.values()), ())
        return self._once("union", tuple(filled.values()))

    def _once(self, name: str, operands: tuple[Runs, ...]) -> Runs:
        key = (name, tuple(map(id, operands)))
        if key not in self._found:
            self._kept.append(operands)
            self._found[key] = _work_out(name, operands)
        return self._found[key]


def _work_out(name: str, operands: tuple[Runs, ...]) -> Runs:
    if name == "union":
        return unite_runs(*operands)
    if operands[0] == operands[1]:
        return () if name == "but" else operands[0]
    return subtract_runs(*operands) if name == "but" else intersect_runs(*operands)
