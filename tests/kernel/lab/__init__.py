"""Real packets in throw-away network namespaces: the oracle for what a ruleset does."""

from generator.prove.lab.lab import CONTROL_PORT, CONTROL_SOURCES, UNUSED_PORT, HammerCounts, Held, Lab, Probe, find_tool
from generator.prove.lab.saved import save, without_ours
from generator.prove.lab.sockets import LabError, Verdict
from tests.kernel.lab.compare import Disagreement, find_disagreements
from tests.kernel.lab.oracle import OUTSIDERS, Layout, boundaries, expected, ports_of, sources_of

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
