"""`gatepost preflight` as it is typed: usage, exit statuses, and that no secret gets out."""

import base64
import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.docs.test_json_documents import faults
from tests.preflight.paper import intermediate, make, root
from tests.preflight.peers import Play, serve, server_context, speak_tls
from tests.preflight.talks import imap, smtp
from tests.support.cli import Result, gatepost

PASSWORD: Final = 'Käse "&" 73\\x'  # noqa: S105 (characters that every notation writes in its own way)
ASCII_PASSWORD: Final = 'cheese "&" 73\\x'  # noqa: S105
GREETING: Final = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN ID] Dovecot ready\r\n"
FOLDERS: Final = '* LIST (\\HasNoChildren \\Sent) "." Sent\r\nTAG OK done\r\n'
ANSWERS: Final = {
    "ID": '* ID ("name" "Dovecot")\r\nTAG OK done\r\n',
    "CAPABILITY": "* CAPABILITY IMAP4rev1 ID\r\nTAG OK done\r\n",
    "LIST": FOLDERS,
    "EXAMINE": "* 3 EXISTS\r\nTAG OK done\r\n",
    "NOOP": "TAG OK done\r\n",
    "LOGOUT": "* BYE Logging out\r\nTAG OK done\r\n",
}
ACCEPTS: Final = {**ANSWERS, "LOGIN": "TAG OK in\r\n", "AUTHENTICATE PLAIN": "+ \r\n"}


class Papers(NamedTuple):
    """Files of a server and of a client."""

    chain: Path
    roots: Path


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("papers")
    now = datetime.now(UTC)
    leaf = make("localhost", ("localhost",), issuer=intermediate(), begins=now - timedelta(days=1), ends=now + timedelta(days=90))
    chain, roots = folder / "chain.pem", folder / "roots.pem"
    chain.write_bytes(leaf.key_pem + leaf.pem + intermediate().pem)
    roots.write_bytes(root().pem)
    return Papers(chain, roots)


def spoken(play: Play, papers: Papers) -> Play:
    """A script inside TLS."""
    context = server_context(papers.chain)

    def inside(tls: ssl.SSLSocket) -> None:
        play(tls)

    return speak_tls(context, inside)


@pytest.fixture
def imap_port(papers: Papers) -> Iterator[int]:
    with serve(spoken(imap(GREETING, ACCEPTS), papers)) as port:
        yield port


@pytest.fixture
def connector(tmp_path: Path) -> Path:
    """A connector that opens one connection, which is all that the script can hold."""
    path = tmp_path / "one.yaml"
    services = "services: {imaps: {port: 993, application: imap, tls: implicit}}"
    path.write_text(
        f"kind: connector\nname: one\ntitle: One\n{services}\nrequires: {{connections_per_mailbox: 1, folders: [sent]}}\n", encoding="utf-8"
    )
    return path


def preflight(*options: str | Path, given: str | None = None, env: dict[str, str | None] | None = None) -> Result:
    return gatepost("preflight", *options, given=given, env=env)


def hubspot(port: int, papers: Papers, *options: str, given: str | None = None, env: dict[str, str | None] | None = None) -> Result:
    return preflight(
        *("--connector", "hubspot", "--imap", f"localhost:{port}/implicit", "--ca-bundle", papers.roots, "--timeout", "10"),
        *options,
        given=given,
        env=env,
    )


def failed(result: Result) -> dict[str, str]:
    """Checks that did not pass, of a JSON report."""
    checks = [check for endpoint in json.loads(result.out)["endpoints"] for check in endpoint["checks"]]
    return {check["id"]: check["status"] for check in checks if check["status"] != "pass"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "give a site file, or a connector and its hosts"),
        (["--connector", "hubspot"], "give --imap HOST, --smtp HOST or both"),
        (["--connector", "hubsport", "--imap", "a.example.org"], "did you mean `hubspot`?"),
        (["--connector", "hubspot", "--imap", "a.example.org:1"], "add /implicit or /starttls"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--service", "imaps"], "chooses among those of a site"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--resolver", "ns.example.org"], "is no address"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--resolver", "192.0.2.1:0"], "is no address"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--ca-bundle", "nowhere.pem"], "No such file"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--password-stdin"], "say whose password it is"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--user", "bob"], "there is no terminal to ask for the password"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--user", "bob", "--password-stdin"], "standard input holds no password"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--user", "bob", "--password-env", "NOT_SET"], "is not set, or empty"),
        (
            ["--connector", "hubspot", "--imap", "a.example.org", "--user", "bob", "--password-env", "A", "--password-stdin"],
            "in one way only",
        ),
        (["-", "--user", "bob", "--password-stdin"], "standard input is the site already"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--user", "b\nob", "--password-env", "HOME"], "control characters"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--timeout", "0"], "0"),
        (["--connector", "hubspot", "--imap", "a.example.org", "--user", "bob", "--password-env", "LATIN"], "no text in UTF-8"),
        (["--connector", "email-migration-io", "--smtp", "a.example.org"], "`email-migration-io` does not use SMTP; it uses: imaps, imap"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_2(options: list[str], message: str) -> None:
    result = preflight(*options, given="", env={"LATIN": "p\udce4ssword"})

    assert (result.status, result.out) == (2, "")
    assert "ssword" not in result.err.replace("password", "")
    assert message in " ".join(result.err.replace("│", " ").split())


def test_a_bundle_without_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing\n", encoding="utf-8")

    result = preflight("--connector", "hubspot", "--imap", "a.example.org", "--ca-bundle", tmp_path / "empty.pem")

    assert result.status == 2


def test_several_connectors_have_to_be_told_apart(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    uses = "  - {use: hubspot, networks: [9.9.9.9]}\n  - {use: hubspot, name: second, networks: [9.9.9.10]}\n"
    site.write_text(f"kind: site\nname: acme\nserver: {{imap: a.example.org, smtp: a.example.org}}\nconnectors:\n{uses}", encoding="utf-8")

    several, unknown = preflight(site), preflight(site, "--connector", "third")

    assert (several.status, unknown.status) == (2, 2)
    assert "hubspot, second" in " ".join(several.err.replace("│", " ").split())


def test_a_login_that_works_is_0(imap_port: int, papers: Papers, connector: Path) -> None:
    options = ("--connector", str(connector), "--user", "bob", "--password-stdin", "--format", "json")
    result = hubspot(imap_port, papers, *options, given=f"{ASCII_PASSWORD}\n")

    (endpoint,) = json.loads(result.out)["endpoints"]
    troubles = {name: status for name, status in failed(result).items() if name != "tcp"}  # nobody listens where localhost is ::1 too
    assert (result.status, troubles, endpoint["connections_made"]) == (0, {"dns": "warn"}, len(endpoint["addresses"]))


def test_what_is_printed_satisfies_the_published_schema(imap_port: int, papers: Papers, connector: Path) -> None:
    reached = hubspot(imap_port, papers, "--connector", str(connector), "--format", "json", "-v")
    refused = hubspot(1, papers, "--format", "json")

    assert [faults("preflight-1", result.out) for result in (reached, refused)] == [[], []]


def test_strictly_a_warning_is_1(imap_port: int, papers: Papers) -> None:
    assert hubspot(imap_port, papers, "--strict").status == 1


def test_a_refused_port_is_1(papers: Papers) -> None:
    assert hubspot(1, papers).status == 1


def test_nothing_reachable_is_3(papers: Papers) -> None:
    options = ("--imap", "imap.example.org", "--resolver", "127.0.0.1:1", "--timeout", "1")

    assert preflight("--connector", "hubspot", *options).status == 3


def test_a_result_goes_to_a_file(papers: Papers, tmp_path: Path) -> None:
    result = hubspot(1, papers, "--format", "markdown", "-o", str(tmp_path / "ticket.md"))

    assert (result.status, result.out) == (1, "")
    assert (tmp_path / "ticket.md").read_text(encoding="utf-8").startswith("## Mail server preflight for HubSpot")


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("password", [PASSWORD, ASCII_PASSWORD])
def test_a_server_that_echoes_the_password_does_not_get_it_into_a_report(form: str, password: str, papers: Papers) -> None:
    token = base64.b64encode(f"\0bob\0{password}".encode()).decode()
    said = f"{password} and {base64.b64encode(password.encode()).decode()} and {token}"
    echo = f"* OK {said}\r\nTAG NO [AUTHENTICATIONFAILED] {said}\r\n"
    play = imap(GREETING, {**ANSWERS, "LOGIN": echo, "AUTHENTICATE PLAIN": "+ \r\n", token: echo.replace("TAG", "g01")})
    with serve(spoken(play, papers)) as port:
        result = hubspot(port, papers, "--user", "bob", "--password-env", "PW", "--format", form, "-v", env={"PW": password})

    assert "the login is refused" in result.out
    printed = result.out + result.err
    spellings = (password, json.dumps(password)[1:-1], password.replace("\\", "\\\\"), token, base64.b64encode(password.encode()).decode())
    assert [spelling for spelling in spellings if spelling in printed] == []


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_server_that_says_the_password_everywhere_does_not_either(form: str, papers: Papers, connector: Path) -> None:
    said = "hunter2-hunter2"
    script = {
        "ID": f'* ID ("name" "{said}")\r\nTAG OK {said}\r\n',
        "CAPABILITY": f"* CAPABILITY IMAP4rev1 AUTH=PLAIN ID {said} X-{said}\r\nTAG OK {said}\r\n",
        "LOGIN": f"TAG OK [CAPABILITY IMAP4rev1 ID {said}] {said}\r\n",
        "LIST": f'* LIST (\\Sent) "." "{said}"\r\nTAG OK {said}\r\n',
        "EXAMINE": f"* {said} EXISTS\r\nTAG OK {said}\r\n",
        "NOOP": f"TAG NO {said}\r\n",
        "LOGOUT": f"* BYE {said}\r\nTAG OK done\r\n",
    }
    with serve(spoken(imap(f"* OK {said}\r\n", script), papers)) as port:
        options = ("--connector", str(connector), "--user", "bob", "--password-env", "PW", "--format", form, "-v")
        result = hubspot(port, papers, *options, env={"PW": said})

    assert "there is a folder for sent mail" in result.out
    assert said not in (result.out + result.err).lower()


def test_a_password_that_was_refused_is_not_tried_again(papers: Papers) -> None:
    refuses = imap(GREETING, {**ANSWERS, "LOGIN": "TAG NO [AUTHENTICATIONFAILED] no\r\n"})
    ehlo = "250-mail.example.org\r\n250 AUTH PLAIN\r\n"
    with serve(spoken(refuses, papers)) as one, serve(spoken(smtp("220 ready\r\n", {"EHLO": ehlo, "QUIT": "221 bye\r\n"}), papers)) as two:
        options = ("--smtp", f"localhost:{two}/implicit", "--user", "bob", "--password-stdin", "-v", "--format", "json")
        result = hubspot(one, papers, *options, given="wrong\n")

    transcript = [line["text"] for line in json.loads(result.out)["endpoints"][1]["transcript"]]
    assert failed(result)["login"] == "skip"
    assert [line for line in transcript if line.startswith("AUTH")] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--imap", "localhost"], [("localhost", 2, "implicit", "imaps"), ("smtp.example.org", 1, "starttls", "submission")]),
        (["--smtp", "localhost:3/implicit"], [("imap.example.org", 2, "implicit", "imaps"), ("localhost", 3, "implicit", None)]),
        (["--imap", "localhost:143"], [("localhost", 143, "starttls", "imap"), ("smtp.example.org", 1, "starttls", "submission")]),
        (["--service", "submission"], [("smtp.example.org", 1, "starttls", "submission")]),
    ],
)
def test_a_host_that_is_typed_beside_a_site_has_the_sites_port(
    options: list[str], told: list[object], papers: Papers, tmp_path: Path
) -> None:
    site = tmp_path / "site.yaml"
    connector = "{use: hubspot, networks: [9.9.9.9], services: [imaps, submission]}"
    server = "{imap: imap.example.org, smtp: smtp.example.org, ports: {imaps: 2, submission: 1}}"
    site.write_text(f"kind: site\nname: acme\nserver: {server}\nconnectors: [{connector}]\n", encoding="utf-8")

    result = preflight(site, *options, "--format", "json", "--timeout", "1", "--resolver", "127.0.0.1:1", "--ca-bundle", papers.roots)

    found = json.loads(result.out)["endpoints"]
    assert [(one["host"], one["port"], one["tls"], one["service"]) for one in found] == told
