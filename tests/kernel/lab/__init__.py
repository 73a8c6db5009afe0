"""Real packets in throw-away network namespaces: the oracle for what a ruleset does."""

from tests.kernel.lab.compare import Disagreement, find_disagreements
from tests.kernel.lab.lab import CONTROL_PORT, CONTROL_SOURCES, UNUSED_PORT, HammerCounts, Held, Lab, Probe, find_tool
from tests.kernel.lab.oracle import OUTSIDERS, Layout, boundaries, expected, ports_of, sources_of
from tests.kernel.lab.saved import save, without_ours
from tests.kernel.lab.sockets import LabError, Verdict

__all__ = [
    "CONTROL_PORT",
    "CONTROL_SOURCES",
    "OUTSIDERS",
    "UNUSED_PORT",
    "Disagreement",
    "HammerCounts",
    "Held",
    "Lab",
    "LabError",
    "Layout",
    "Probe",
    "Verdict",
    "boundaries",
    "expected",
    "find_disagreements",
    "find_tool",
    "ports_of",
    "save",
    "sources_of",
    "without_ours",
]
