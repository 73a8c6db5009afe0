"""Bicep files → JSON, by pycep. Run by the interpreter of the environment that has it."""

import json
import sys
from pathlib import Path

from pycep import BicepParser  # type: ignore[import-not-found]  # of the environment `checkov` (.ci/clouds)

parser = BicepParser()
json.dump([parser.parse(text=Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:]], sys.stdout)
