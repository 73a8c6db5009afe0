"""`gatepost render`: all or nothing, what it says afterwards, one file to stdout, JSON, drift."""

import json
import re
from hashlib import sha256
from pathlib import Path

import jsonschema
import pytest

from tests.house.tree import ROOT
from tests.support.cli import SITE, Result, gatepost, write_site

OWN = ROOT / "tests/diagnostics/with/own"  # a target of three files without any address in them
CLOSING = """\
cd out/acme/small
  written    load.sh, notes.txt, rules.txt
  rules
    check  check
    apply  apply
    undo   undo

Example CRM mailbox sync (crm): at the vendor
  before       fixed addresses are switched on in the CRM
  addresses    in the CRM, Settings > Mail > Addresses
  IMAP host    imap.example.org
  IMAP port    993, implicit TLS (vendors also say SSL/TLS); or 143, STARTTLS
  SMTP host    smtp.example.org
  SMTP port    465, implicit TLS (vendors also say SSL/TLS); or 587, STARTTLS
  user name    the mailbox's own, as on imap.example.org and smtp.example.org
  password     that mailbox's own; where the server has app passwords, one made for this connector
  certificate  it has to carry imap.example.org and smtp.example.org
  certificate  if no public CA signed it, choose: accept any certificate
  TLS          the connector speaks TLSv1.2, TLSv1.3 (the server accepts TLSv1.2 and newer)
  connections  15 at the same time: 5 for each mailbox (2 permanent; 3 while mail is sent), 3 mailboxes
  unsupported  courier-imap
  note         the shared inbox takes no IMAP

"""


def render_small(*arguments: str) -> Result:
    return gatepost("render", "acme.yaml", "-t", "small", "--templates", str(OWN), "-o", "out", *arguments)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_render_tells_how_to_use_the_files_and_what_to_type_at_the_vendor(folder: Path) -> None:
    assert render_small() == (0, CLOSING, "")
    assert files(folder / "out/acme/small") == [".gatepost.json", "load.sh", "notes.txt", "rules.txt"]


def test_a_second_render_says_what_stayed(folder: Path) -> None:
    render_small()
    (folder / "out/acme/small/rules.txt").unlink()

    result = render_small()

    assert result.out.startswith("cd out/acme/small\n  written    rules.txt\n  unchanged  load.sh, notes.txt\n")


def test_without_a_choice_nftables_and_iptables_are_rendered(folder: Path) -> None:
    gatepost("render", "acme.yaml", "-o", "out")

    assert sorted(path.name for path in (folder / "out/acme").iterdir()) == ["iptables", "nftables"]


def test_the_targets_of_the_site_go_before_the_default(folder: Path) -> None:
    write_site(folder, SITE + "targets:\n  iptables: {}\n")

    gatepost("render", "acme.yaml", "-o", "out")

    assert [path.name for path in (folder / "out/acme").iterdir()] == ["iptables"]


def test_all_means_every_target_but_those_that_are_told_to_be_left_out(folder: Path) -> None:
    result = gatepost("render", "acme.yaml", "-t", "all", "-o", "out")

    shipped = {path.parent.name for path in (ROOT / "templates").glob("*/target.yaml")}
    left_out = set(re.findall(r"`([a-z-]+)` is left out of `all`", result.err))
    assert ({path.name for path in (folder / "out/acme").iterdir()}, "pfsense" in left_out) == (shipped - left_out, True)


def test_the_output_folder_has_a_default(folder: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "nftables")

    assert (folder / "output/acme/nftables/guard.nft").is_file()


def test_a_bare_connector_renders(folder: Path) -> None:
    result = gatepost("render", "hubspot", "--network", "198.51.100.10", "-o", "out")

    assert (folder / "out/hubspot/nftables/guard.nft").is_file()
    assert "View connection IPs" in result.out


def test_one_error_writes_nothing_at_all(folder: Path) -> None:
    (folder / "bad.yaml").write_text(SITE.replace("name: acme", "name: Acme"), encoding="utf-8")

    result = gatepost("render", "acme.yaml", "bad.yaml", "-o", "out")

    assert (result.status, result.out) == (1, "")
    assert not (folder / "out").exists()


@pytest.mark.parametrize(("arguments", "status", "there"), [((), 0, True), (("--strict",), 1, False)])
def test_warnings_stop_a_strict_render_alone(folder: Path, arguments: tuple[str, ...], status: int, there: bool) -> None:
    write_site(folder, SITE.replace("  - {code: NET055, network: 198.51.100.10, reason: an example}\n", ""))

    result = render_small(*arguments)

    assert result.status == status
    assert (folder / "out").exists() is there


def test_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "all", "-o", "first")
    gatepost("render", "./acme.yaml", "-t", "all", "-o", "second", env={"LANG": "it_IT.UTF-8", "TZ": "Asia/Tokyo"})

    assert files(folder / "first") == files(folder / "second")
    assert all((folder / "first" / path).read_bytes() == (folder / "second" / path).read_bytes() for path in files(folder / "first"))


def test_the_bytes_do_not_depend_on_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gatepost("render", "acme.yaml", "-t", "all", "-o", "first")
    copy = folder / "some where" / "else"
    copy.mkdir(parents=True)
    write_site(copy)
    monkeypatch.chdir("/")

    gatepost("render", copy / "acme.yaml", "-t", "all", "-o", folder / "second")

    assert files(folder / "second") == files(folder / "first")
    assert all((folder / "first" / path).read_bytes() == (folder / "second" / path).read_bytes() for path in files(folder / "first"))


def made_again(*arguments: str) -> str:
    """The words after `gatepost` that the guard's header says to type."""
    header = gatepost("render", *arguments, "-t", "nftables", "-o", "-", "--role", "guard").out.splitlines()
    return header[3].partition("gatepost ")[2]


def test_the_header_names_a_file_as_a_shell_takes_it(folder: Path) -> None:
    for name in ("my site.yaml", "-x.yaml"):
        (folder / name).write_text(SITE, encoding="utf-8")

    assert made_again("my site.yaml") == "render 'my site.yaml' -t nftables -o DIR"
    assert made_again("./-x.yaml") == "render ./-x.yaml -t nftables -o DIR"


def test_the_header_tells_of_templates_of_one_s_own(folder: Path) -> None:
    own = folder / "own" / "nftables"
    own.mkdir(parents=True)
    (own / "guard.nft.j2").write_text('{% extends "builtin/nftables/guard.nft.j2" %}\n', encoding="utf-8")

    assert made_again("acme.yaml", "--templates", "own") == "render acme.yaml --templates TEMPLATES -t nftables -o DIR"


@pytest.mark.parametrize("command", [("render", "-t", "nftables", "-o", "out"), ("plan",)])
def test_a_date_that_has_passed_stops_neither_plan_nor_render(folder: Path, command: tuple[str, ...]) -> None:
    write_site(folder, SITE.replace("    mailboxes: 3", "    expires: 2001-01-01\n    mailboxes: 3"))

    result = gatepost(command[0], "acme.yaml", *command[1:])

    assert (result.status, result.err) == (0, "")


def test_one_file_goes_to_stdout_byte_for_byte(folder: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "nftables", "-o", "out")

    result = gatepost("render", "acme.yaml", "-t", "nftables", "-o", "-", "--role", "guard")

    assert (result.status, result.err) == (0, "")
    assert result.out == (folder / "out/acme/nftables/guard.nft").read_text(encoding="utf-8")


def test_the_only_file_of_a_target_needs_no_role(folder: Path) -> None:
    write_site(folder, SITE)

    result = gatepost("render", "acme.yaml", "-t", "small", "--templates", str(OWN), "-o", "-", "--role", "rules")

    assert result == (0, "one\ntwo\nthree\n", "")


def test_a_choice_that_is_not_one_file_is_told_what_there_is(folder: Path) -> None:
    result = gatepost("render", "acme.yaml", "-t", "small", "--templates", str(OWN), "-o", "-")

    assert result == (
        2,
        "",
        "`-o -` prints exactly one file, and 3 would be; choose with -t and --role:\n"
        "  -t small --role rules  (acme/small/rules.txt)\n"
        "  -t small --role load  (acme/small/load.sh)\n"
        "  -t small --role notes  (acme/small/notes.txt)\n",
    )


def test_nothing_goes_to_stdout_after_an_error(folder: Path) -> None:
    write_site(folder, SITE.replace("name: acme", "name: Acme"))

    assert gatepost("render", "acme.yaml", "-o", "-", "-t", "nftables", "--role", "guard")[:2] == (1, "")


def test_json_lists_the_artifacts_after_its_schema(folder: Path) -> None:
    result = render_small("--format", "json")

    document = json.loads(result.out)
    jsonschema.validate(document, json.loads((ROOT / "docs/schemas/render-1.schema.json").read_text(encoding="utf-8")))
    assert (result.status, result.err) == (0, "")
    assert document["artifacts"][0] == {
        "site": "acme",
        "target": "small",
        "role": "rules",
        "path": "acme/small/rules.txt",
        "sha256": sha256(b"one\ntwo\nthree\n").hexdigest(),
        "apply": "apply",
        "undo": "undo",
        "check": "check",
    }
    assert "drift" not in document


def test_json_after_an_error_has_no_artifacts(folder: Path) -> None:
    write_site(folder, SITE.replace("name: acme", "name: Acme"))

    result = render_small("--format", "json")

    document = json.loads(result.out)
    assert (result.status, document["artifacts"]) == (1, [])
    assert document["findings"][0]["code"] == "SCH005"


def test_check_is_silent_where_nothing_differs(folder: Path) -> None:
    render_small()

    assert render_small("--check") == (0, "", "")


def test_check_shows_a_diff_and_writes_nothing(folder: Path) -> None:
    render_small()
    (folder / "out/acme/small/rules.txt").write_text("one\n2\nthree\n", encoding="utf-8")

    result = render_small("--check")

    assert result.status == 1
    assert result.out == "--- a/acme/small/rules.txt\n+++ b/acme/small/rules.txt\n@@ -1,3 +1,3 @@\n one\n-2\n+two\n three\n"
    assert result.err.startswith("error[TGT062]: `out/acme/small/rules.txt` was edited by hand since gatepost wrote it\n")
    assert (folder / "out/acme/small/rules.txt").read_text(encoding="utf-8") == "one\n2\nthree\n"


def test_a_diff_is_coloured_where_it_is_wanted(folder: Path) -> None:
    result = render_small("--check", "--color", "always")

    assert "\x1b[32m+one\x1b[0m\n" in result.out


def test_a_diff_lets_no_control_character_through(folder: Path) -> None:
    render_small()
    (folder / "out/acme/small/rules.txt").write_text("\x1b[2J\n", encoding="utf-8")

    assert "-\\x1b[2J\n" in render_small("--check").out


def test_check_in_json_lists_the_drift(folder: Path) -> None:
    render_small()
    (folder / "out/acme/small/rules.txt").unlink()

    result = render_small("--check", "--format", "json")

    document = json.loads(result.out)
    jsonschema.validate(document, json.loads((ROOT / "docs/schemas/render-1.schema.json").read_text(encoding="utf-8")))
    assert (result.status, result.err) == (1, "")
    assert [(drift["path"], drift["kind"]) for drift in document["drift"]] == [("acme/small/rules.txt", "missing")]


def test_check_in_github_s_format_annotates(folder: Path) -> None:
    result = render_small("--check", "--format", "github")

    assert (result.status, result.err) == (1, "")
    assert all(line.startswith("::error title=TGT060 ") for line in result.out.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        ("-o", "-", "--check"),
        ("-o", "-", "--format", "json"),
        ("-o", "out", "--role", "guard"),
        ("--templates", "nowhere"),
        ("-o", ""),
    ],
)
def test_options_that_contradict_each_other_are_status_2(folder: Path, arguments: tuple[str, ...]) -> None:
    result = gatepost("render", "acme.yaml", *arguments)

    assert (result.status, result.out) == (2, "")
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []
