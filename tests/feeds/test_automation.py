"""The pipelines of docs/automation, run: with the real git, and stand-ins for `gh`, `curl` and `pip` that write down what they are told."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.feeds.test_updating import AUTOMATION, PROFILE, SITE
from tests.house.tree import ROOT

PYTHON: Final = f'#!/bin/sh\nexec {sys.executable} "$@"\n'  # the pipeline's image has it under this name, Debian has not
GATEPOST: Final = f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m generator "$@"\n'
GH: Final = """\
#!/bin/sh
printf '%s\\n' "$*" >>"$SAID"
case $2 in
view) echo 'no pull requests found' >&2; exit 1 ;;
comment) cat "$5" >>"$SAID" ;;
esac
"""
CURL: Final = """\
#!/bin/sh
printf '%s\\n' "$*" >>"$SAID"
case $* in
*--get*) echo '[{"iid": 7}]' ;;
*) cat note.md >>"$SAID" ;;
esac
"""


class Place:
    """A clone with the site and its lock, the server's side of it, and the stand-ins. `said` is what these were told."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.server, self.said, self.output = (folder / name for name in ("clone", "server.git", "said", "output"))
        tools = folder / "tools"
        tools.mkdir()
        for name, text in {"gatepost": GATEPOST, "python": PYTHON, "gh": GH, "curl": CURL, "pip": "#!/bin/sh\n"}.items():
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        self.environ = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(folder),
            "SAID": str(self.said),
            "GITHUB_OUTPUT": str(self.output),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.file://{self.server}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://gitlab.example.org/mail/site.git",
        }

    def run(self, script: str, **more: str) -> int:
        """The exit status of a script in the clone, run as pipelines run theirs."""
        return subprocess.run(["bash", "-e", "-c", script], cwd=self.clone, env=self.environ | more, check=False).returncode

    def pushed(self, *what: str) -> str:
        """What the update's branch has on the server."""
        command = ["git", "--git-dir", str(self.server), *what]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.clone.mkdir()
    for name, text in {
        "crm.yaml": PROFILE,
        "acme.yaml": SITE,
        "list.txt": "1.2.3.4\n1.2.3.5\n1.2.3.8\n1.2.3.9\n1.2.3.6\n1.2.3.7\n",
    }.items():
        (made.clone / name).write_text(text)
    made.run(
        f"git init --quiet --initial-branch=main && git init --quiet --bare {made.server}\n"
        f"git -C {made.server} config receive.advertisePushOptions true\n"
        "git config user.name someone && git config user.email someone@example.org\n"
        "gatepost update acme.yaml >/dev/null && gatepost render acme.yaml --output output >/dev/null 2>&1\n"
        f"git add . && git commit --quiet -m first && git remote add origin {made.server} && git push --quiet origin main"
    )
    return made


def run_github(place: Place) -> list[int]:
    """The exit status of every step, up to the first that fails."""
    job: Any = yaml.safe_load((AUTOMATION / "github-workflow.yml").read_text())["jobs"]["update"]
    found: list[int] = []
    for step in (step for step in job["steps"] if "run" in step and not any(found)):
        outputs = dict(line.split("=") for line in place.output.read_text().split()) if place.output.exists() else {}
        script = re.sub(r"\$\{\{ steps\.update\.outputs\.status \}\}", outputs.get("status", ""), step["run"])
        found.append(place.run(script, **job["env"]))
    return found


def run_gitlab(place: Place) -> int:
    """The exit status of the job."""
    job: Any = yaml.safe_load((AUTOMATION / "gitlab-job.yml").read_text())["gatepost-update"]
    given = {"CI_SERVER_HOST": "gitlab.example.org", "CI_PROJECT_PATH": "mail/site", "CI_PROJECT_ID": "5", "CI_DEFAULT_BRANCH": "main"}
    secret = {"GATEPOST_TOKEN": "a-token", "CI_API_V4_URL": "https://gitlab.example.org/api/v4"}
    return place.run("\n".join(job["script"]), **job["variables"], **given, **secret)


def test_github_opens_a_pull_request_and_comments_the_change(place: Place) -> None:
    (place.clone / "list.txt").write_text("1.2.3.4\n1.2.3.5\n1.2.3.6\n1.2.3.7\n1.2.3.8\n1.2.3.10\n")

    statuses = run_github(place)

    assert statuses == [0] * 5
    assert "pr create --head gatepost/update" in place.said.read_text()
    assert "+ 1.2.3.10/32  1 IPv4 address" in place.said.read_text()
    changed = place.pushed("diff", "--name-only", "main", "gatepost/update").split()
    assert "acme.lock" in changed
    assert "output/acme/nftables/guard.nft" in changed


def test_gitlab_opens_a_merge_request_and_comments_the_change(place: Place) -> None:
    (place.clone / "list.txt").write_text("1.2.3.4\n1.2.3.5\n1.2.3.6\n1.2.3.7\n1.2.3.8\n1.2.3.10\n")

    assert run_gitlab(place) == 0
    assert "+ 1.2.3.10/32  1 IPv4 address" in place.said.read_text()
    assert "https://gitlab.example.org/api/v4/projects/5/merge_requests/7/notes" in place.said.read_text()
    assert "a-token" not in place.said.read_text()
    assert "acme.lock" in place.pushed("diff", "--name-only", "main", "gatepost/update").split()


def test_without_a_change_nothing_is_opened(place: Place) -> None:
    assert run_github(place) == [0] * 5
    assert run_gitlab(place) == 0
    assert not place.said.exists()


def test_a_refusal_fails_the_pipelines(place: Place) -> None:
    (place.clone / "list.txt").write_text("1.2.3.4\n")

    assert run_github(place) == [0, 0, 0, 0, 1]
    assert run_gitlab(place) == 1
    assert not place.said.exists()
