"""apply.sh and undo.sh on Debian's Dovecot 2.3 and 2.4: all or nothing, never less than the administrator has, nothing left behind."""

import shutil
from collections.abc import Mapping

import pytest

from tests.mail.dovecot_site import CONNECTOR, DROP_IN, LIST, STRANGERS, exclude_list, fresh, refusal, render, setting, tree
from tests.mail.lab import LabError, MailLab, Reached, at_once

ALLOW_NETS = "allow_nets: true"


def test_undo_restores_every_byte(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot()
    site, before = render(mail_lab, dovecot, options=ALLOW_NETS), tree(dovecot.folder)
    site.apply_with_list()
    applied = tree(dovecot.folder)
    site.apply()
    again = tree(dovecot.folder)
    refused = site.undo(check=False)
    still = tree(dovecot.folder)
    exclude_list(dovecot)
    site.undo()
    site.undo()

    assert set(applied) - set(before) == {DROP_IN, LIST}
    assert (again, still, refused.returncode) == (applied, applied, 1)
    assert f"conf.d/auth-passwdfile.conf.ext:{7 - 5 * dovecot.is_24}:  !include /etc/dovecot/{LIST}" in refused.stderr
    assert tree(dovecot.folder) == before
    assert mail_lab.try_imap(STRANGERS[0]).reached is Reached.DONE


def test_a_smaller_site_lowers_what_a_larger_one_had_raised(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    render(module_lab, dovecot, each=50, version="larger").apply()
    render(module_lab, dovecot, each=6).apply()

    assert setting(dovecot, "mail_max_userip_connections", protocol="imap") == "10"
    assert setting(dovecot, "service/imap-login/process_limit") == "118"


def test_check_changes_nothing(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    before = tree(dovecot.folder)
    done = render(module_lab, dovecot).apply("--check")

    assert (done.stdout, done.stderr, tree(dovecot.folder)) == ("", "", before)


HIGHER = {
    "protocol imap {\n  mail_max_userip_connections = 50\n}": "userip_connections: 50",
    "service imap-login {\n  process_limit = 500\n}": "login_processes: 500",
    "service imap {\n  process_limit = 5000\n}": "imap_processes: 5000",
    "default_client_limit = 9000": "client_limit: 9000",
    "ssl_min_protocol = TLSv1.2": "tls_minimum: TLSv1.2",
}
HIGHER_STILL = {"mail_max_userip_connections = 0": "userip_connections: 0", "default_process_limit = 700": "login_processes: 700"}


@pytest.mark.parametrize("higher", [HIGHER, HIGHER_STILL], ids=["high", "higher"])
def test_what_the_administrator_has_more_of_is_not_lowered(module_lab: MailLab, higher: Mapping[str, str]) -> None:
    told = refusal(render(module_lab, fresh(module_lab, *higher), options="client_limit: 2000", server="tls_minimum: TLSv1.1"))

    assert [f"write `{cure}` under `" in told for cure in higher.values()] == [True] * len(higher)


def test_the_cure_is_taken(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab, *HIGHER_STILL, "default_client_limit = 9000")
    render(module_lab, dovecot, options="userip_connections: 0, login_processes: 700, client_limit: 9000").apply()

    assert setting(dovecot, "service/imap-login/process_limit") == "700"
    assert setting(dovecot, "mail_max_userip_connections", protocol="imap") == "0"


def test_what_the_administrator_has_too_little_of_is_raised(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab, "protocol imap {\n  mail_max_userip_connections = 3\n}", "service imap {\n  process_limit = 20\n}")
    render(module_lab, dovecot).apply()

    assert setting(dovecot, "mail_max_userip_connections", protocol="imap") == "10"
    assert setting(dovecot, "service/imap/process_limit") == "1042"


LATER = {
    "conf.d/99-own.conf": "protocol imap {\n  mail_max_userip_connections = 3\n}\n",
    "conf.d/91-own.conf": "protocol imap {\n  ssl_min_protocol = TLSv1\n}\n",
    "local.conf": "service imap-login {\n  process_limit = 20\n}\n",
}


def test_a_later_file_that_overrides_ours_is_told(module_lab: MailLab) -> None:
    site = render(module_lab, fresh(module_lab, files=LATER))
    told = refusal(site, "--check")
    refusal(site)

    assert "mail_max_userip_connections would be 3 and not 10" in told
    assert "ssl_min_protocol would be TLSv1 and not TLSv1.2" in told
    assert "service/imap-login/process_limit would be 20 and not 118" in told


PARTIAL = (
    "local 192.0.2.25 {\n  ssl_min_protocol = TLSv1\n}",
    "remote 10.0.0.0/8 {\n  ssl = yes\n  protocol imap {\n    mail_max_userip_connections = 2\n  }\n}",
    "local_name imap.example.org {\n  ssl_min_protocol = TLSv1.2\n}",
)


def test_settings_for_some_addresses_alone_are_told_because_dovecot_2_3_would_refuse_every_login(module_lab: MailLab) -> None:
    told = refusal(render(module_lab, fresh(module_lab, *PARTIAL)))
    blocks = told.partition("for some addresses or names; remove: ")[2].splitlines()

    assert sorted(blocks) == [
        "local 192.0.2.25 { ssl_min_protocol",
        "local_name imap.example.org { ssl_min_protocol",
        "remote 10.0.0.0/8 { protocol imap { mail_max_userip_connections",
        "remote 10.0.0.0/8 { ssl",
    ]


def test_a_broken_file_is_not_installed(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot)
    site.tamper(f"dovecot-{'2.4' if dovecot.is_24 else '2.3'}.conf", "process_limit", "process_limits")

    assert "Dovecot does not accept its configuration with our files, so nothing was changed" in refusal(site)


OWN_LISTENER = "service imap-login {\n  inet_listener own {\n    port = 993\n  }\n  inet_listener imaps {\n    port = 0\n  }\n}"
MOVED_LISTENER = "service imap-login {\n  inet_listener imaps {\n    port = 1993\n  }\n}"
TLS_FIRST = "service imap-login {\n  inet_listener imap {\n    ssl = yes\n  }\n}"
STOPS = {
    TLS_FIRST: "imap begins with TLS now, and would begin in cleartext",
    "ssl = no": "TLS is off: ssl = no",
    "protocols = lmtp": "Dovecot serves no IMAP: protocols does not name it",
    MOVED_LISTENER: "imaps listens on port 1993 now, and would leave it for 993",
    OWN_LISTENER: "duplicate listener",
    "service auth {\n  client_limit = 1000\n}": "Dovecot warns of its configuration with our files",
}


@pytest.mark.parametrize("line", STOPS, ids=list(STOPS.values()))
def test_what_does_not_fit_is_told(module_lab: MailLab, line: str) -> None:
    assert STOPS[line] in refusal(render(module_lab, fresh(module_lab, line), each=300))


def test_a_listener_that_was_off_is_switched_on_and_that_is_told(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab, "service imap-login {\n  inet_listener imap {\n    port = 0\n  }\n}")
    done = render(module_lab, dovecot).apply()

    assert "the listener service/imap-login/inet_listener/imap is switched off now and will be on port 143" in done.stderr
    assert setting(dovecot, "service/imap-login/inet_listener/imap/port") == "143"


def test_warnings_from_before_do_not_matter(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab, "default_client_limit = 100")
    assert dovecot.run("doveconf", "-n").stderr
    render(module_lab, dovecot).apply()

    assert setting(dovecot, "mail_max_userip_connections", protocol="imap") == "10"


def test_another_sites_files_stop_it(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab, files={"conf.d/90-gatepost-other.conf": "# theirs\n"})

    assert "conf.d/90-gatepost-other.conf is another site's" in refusal(render(module_lab, dovecot))


def test_a_configuration_that_does_not_read_conf_d_is_told(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    main = dovecot.folder / "dovecot.conf"
    names = sorted(path.name for path in (dovecot.folder / "conf.d").glob("*.conf"))
    text = main.read_text(encoding="utf-8").replace("!include conf.d/*.conf", "\n".join(f"!include conf.d/{name}" for name in names))
    main.write_text(text, encoding="utf-8")

    assert "does dovecot.conf include conf.d/*.conf" in refusal(render(module_lab, dovecot, each=20))


def test_a_configuration_elsewhere_with_absolute_paths(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    elsewhere = module_lab.folder / f"elsewhere-{module_lab.release}"
    shutil.copytree(dovecot.folder, elsewhere)
    main = elsewhere / "dovecot.conf"
    main.write_text(main.read_text(encoding="utf-8").replace("!include conf.d/", f"!include {elsewhere}/conf.d/"), encoding="utf-8")
    site, before = render(module_lab, dovecot), (tree(elsewhere), tree(dovecot.folder))
    site.apply("-c", str(main))
    applied = set(tree(elsewhere)) - set(before[0])
    site.undo("-c", str(main))

    assert applied == {DROP_IN}
    assert (tree(elsewhere), tree(dovecot.folder)) == before


def test_two_runs_at_once_are_one_after_the_other(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot)
    done = at_once(site.apply, site.apply)

    assert [run.returncode for run in done] == [0, 0]
    assert [name for name in tree(dovecot.folder) if "gatepost" in name] == [DROP_IN]


def test_dovecot_itself_starts_with_the_files(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot(start=False)
    render(mail_lab, dovecot).apply()
    try:
        dovecot.start()
    except LabError as error:
        pytest.fail(str(error))

    assert mail_lab.try_imap(CONNECTOR[0]).done
