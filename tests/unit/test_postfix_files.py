"""The files that the Postfix target writes: tables that Postfix reads line by line, scripts that shellcheck passes."""

import ipaddress
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.plan import Access, Input
from tests.support.plans import make_plan
from tests.support.targets import render
from tests.unit.test_postfix_lowering import plan_of, smtp

MAIL = (smtp("smtp"), smtp("submission"), smtp("submissions"))
HOSTILE = 'a\n1.2.3.4 OK "$(reboot)" `x` \'; rm -rf / #\r.yaml'
LINE = re.compile(r"[0-9a-f:.]+/[0-9]{1,3} (OK|exempt|permit)")


def texts(plan_inputs: tuple[Input, ...] | None = None) -> Mapping[str, str]:
    plan = plan_of(*MAIL, trusted=("192.0.2.0/24", "2001:db8:a::/48"))
    plan = plan if plan_inputs is None else plan._replace(inputs=plan_inputs)
    return {name: artifact.content for name, artifact in render(plan, target="postfix").items()}


def rules(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_the_files_are_named_after_the_services() -> None:
    assert sorted(texts()) == sorted(
        [f"{name}{kind}.cidr" for name in ("smtp", "submission", "submissions") for kind in ("", ".limits")]
        + ["smtp.postscreen.cidr", "apply.sh", "undo.sh"]
    )


def test_a_public_service_writes_no_access_table() -> None:
    names = set(render(plan_of(smtp("submission", Access.PUBLIC)), target="postfix"))

    assert names == {"apply.sh", "undo.sh", "submission.limits.cidr"}


@pytest.mark.parametrize("name", [name for name in texts() if name.endswith(".cidr")])
def test_a_line_is_a_canonical_prefix_a_blank_and_a_word(name: str) -> None:
    found = rules(texts()[name])

    assert found != []
    assert [line for line in found if not LINE.fullmatch(line)] == []
    assert [line for line in found if str(ipaddress.ip_network(line.split()[0])) != line.split()[0]] == []


@pytest.mark.parametrize("name", ["submission.cidr", "submissions.cidr", "smtp.cidr"])
def test_a_table_has_both_families_and_ends_with_nobody(name: str) -> None:
    found = rules(texts()[name])

    assert {ipaddress.ip_network(line.split()[0]).version for line in found} == {4, 6}
    assert [line for line in found if "0.0.0.0/0" in line or "::/0" in line] == []


def test_a_hostile_file_name_stays_one_comment() -> None:
    plain, hostile = texts(), texts((Input(HOSTILE, HOSTILE, "0" * 64),))

    assert [name for name in plain if rules(plain[name]) != rules(hostile[name])] == []


@pytest.mark.parametrize("script", ["apply.sh", "undo.sh"])
def test_no_script_names_mynetworks_or_gives_relaying_to_a_table(script: str) -> None:
    text = "\n".join(rules(texts()[script]))

    assert "mynetworks" not in text
    assert sorted(re.findall(r"smtpd_(?:relay|recipient)_restrictions=\S*", text)) in (
        [],
        ["smtpd_recipient_restrictions='", 'smtpd_relay_restrictions=permit_sasl_authenticated,reject"'],
    )
    assert "postconf -e" not in text


@pytest.mark.parametrize("access", [Access.ALLOWLIST, Access.PUBLIC])
def test_shellcheck_passes_the_scripts(tmp_path: Path, access: Access) -> None:
    plan = plan_of(smtp("smtp"), smtp("submission", access))
    for name, artifact in render(plan, target="postfix").items():
        (tmp_path / name).write_text(artifact.content, encoding="utf-8")

    checked = subprocess.run(
        ["shellcheck", "--enable=all", "--exclude=SC2250,SC2310,SC2311,SC2312", "apply.sh", "undo.sh"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert (checked.stdout, checked.returncode) == ("", 0)


def test_a_site_with_nothing_to_set_has_scripts_that_shells_read(tmp_path: Path) -> None:
    plan = make_plan([smtp("smtp", Access.ADDITIVE)], {})
    scripts = {name: artifact.content for name, artifact in render(plan, "{limit_exceptions: never}", target="postfix").items()}

    assert sorted(scripts) == ["apply.sh", "undo.sh"]
    assert [name for name in scripts if subprocess.run(["sh", "-n"], input=scripts[name], text=True).returncode] == []
