"""Rendered files: what one is, writing them all or none, and telling how a folder differs from them.

Each folder `<site>/<target>` has a manifest of the bytes that gatepost wrote there. What no manifest knows is somebody else's: never
deleted, never overwritten.
"""

from generator.artifacts.artifact import Artifact
from generator.artifacts.drift import Drift, check_artifacts
from generator.artifacts.writing import Written, write_artifacts

__all__ = ["Artifact", "Drift", "Written", "check_artifacts", "write_artifacts"]
