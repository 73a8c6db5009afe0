"""The scripts with the real `gcloud`, which talks to a server on this machine in place of Google's; and whether our stand-in is like it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.plan import Plan
from tests.cloud.files import write
from tests.cloud.gcp.compute_api import ComputeApi, serve
from tests.cloud.gcp.project import Project, as_written
from tests.cloud.gcp.reading import judge, rows
from tests.cloud.ordered import meaning_of_plan, meaning_of_rows
from tests.support.plans import make_plan, service

OPTIONS = "{target_tags: [mail], project: example-project, log: true}"


class Gcloud:
    """The real program, with a configuration of its own, and the server that it talks to."""

    def __init__(self, folder: Path, api: ComputeApi) -> None:
        program = shutil.which("gcloud")
        if program is None:
            pytest.skip("gcloud: not on this machine, and in no package registry to install it from")
        token = folder / "token"
        token.write_text("none", encoding="utf-8")
        self.api = api
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GCLOUD": program,
            "CLOUDSDK_CONFIG": str(folder / "settings"),
            "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",  # whether this is a machine of Google's: it would ask the network
            "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token),
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE": api.url,
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        }

    def run(self, folder: Path, *words: str, status: int = 0) -> str:
        """What a script prints on stdout; fails on another exit status."""
        done = subprocess.run(["sh", *words], cwd=folder, env=self.env, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout


def plan_of(*networks: str) -> Plan:
    return make_plan([service("imaps")], {"crm": {"imaps": networks}})


LONG = [f"2001:db8:aaaa:bbbb:cccc:dddd:eeee:{0x1000 + index * 2:x}/128" for index in range(3200)]
BEFORE, AFTER = plan_of("192.0.2.7", *LONG), plan_of("192.0.2.7", "192.0.2.9")


def list_script(folder: Path, script: Path) -> str:
    """The one question that the scripts ask, as a script of its own."""
    keys = "".join(re.findall(r"^\tkeys=(?:'|\"\$keys)(.*)['\"]$", script.read_text(encoding="utf-8"), re.MULTILINE))
    assert "sourceRanges" in keys
    (folder / "list.sh").write_text(
        f'"$GCLOUD" compute firewall-rules list --project=p --format "flattened[no-pad]({keys})"\n', encoding="utf-8"
    )
    return "list.sh"


def without_paths(text: str) -> str:
    """An answer without the part of a network's name that is a server's address."""
    return re.sub(r"network: .*/", "network: ", text)


@pytest.mark.long  # Google's own program, which is in no registry of packages that a test could install it from
def test_the_scripts_and_the_stand_in_of_their_other_tests_hold_with_the_real_gcloud(tmp_path: Path) -> None:
    assert len(",".join(LONG)) > 131_072  # execve(2), MAX_ARG_STRLEN

    with serve() as api:  # one story, because gcloud takes its time
        gcloud, stand_in = Gcloud(tmp_path, api), Project(tmp_path)
        one, two = (write(tmp_path / name, plan, "gcp-rest", OPTIONS) for name, plan in (("one", BEFORE), ("two", AFTER)))
        gcloud.run(one, "apply.sh")
        made = list(api.rules.values())
        stand_in.run(one, "apply.sh")
        question = list_script(tmp_path, one / "apply.sh")
        answers = gcloud.run(tmp_path, question), stand_in.run(tmp_path, question)
        gcloud.run(two, "apply.sh")
        kept = list(api.rules.values())

    assert meaning_of_rows(rows(map(as_written, made)), BEFORE) == meaning_of_plan(BEFORE)
    assert judge({key: value for key, value in rule.items() if key not in ("kind", "selfLink")} for rule in made) == []
    assert without_paths(answers[0]) == without_paths(answers[1])
    assert [method for method, _ in api.changes] == ["POST"] * 4 + ["PATCH", "DELETE"]
    assert meaning_of_rows(rows(map(as_written, kept)), AFTER) == meaning_of_plan(AFTER)
