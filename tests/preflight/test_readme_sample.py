"""The sample in the README is what the command prints in the lab."""

from tests.docs.markdown import README, blocks
from tests.preflight.lab import PreflightLab
from tests.preflight.running import run_row
from tests.preflight.scenarios import Row


def test_the_sample_in_the_readme_is_what_is_printed(preflight_lab: PreflightLab) -> None:
    row = Row("", "--imap limit-three.example.org --smtp postfix-tls13.example.org:587 --login")
    sample, _ = blocks(README, "text")

    printed = run_row(row, preflight_lab, "--format", "text").stdout.replace("[UNAVAILABLE]", "[LIMIT]")  # as an older Dovecot says it

    assert [part for part in sample.split("…\n") if part not in printed] == []
