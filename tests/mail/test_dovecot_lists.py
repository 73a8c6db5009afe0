"""apply.sh and undo.sh with `allow_nets`: no login without the list, no passdb that makes a hole of it, no Dovecot that does not start."""

from tests.mail.dovecot_site import DROP_IN, LIST, add_file, exclude_list, fresh, include_list, refusal, render, setting, tree
from tests.mail.lab import MailLab

ALLOW_NETS = "allow_nets: true"
NOPASSWORD = {
    False: ("passdb {", "  driver = static", "  args = nopassword=y", "  LINE", "}"),
    True: ("passdb static {", "  fields {", "    nopassword = yes", "  }", "  LINE", "}"),
}


def test_a_new_version_replaces_the_old_one_and_loses_its_list(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    render(module_lab, dovecot, options=ALLOW_NETS).apply_over_list()
    newer = render(module_lab, dovecot, each=20, version="newer")
    told = refusal(newer)
    exclude_list(dovecot)
    newer.apply()

    assert "this site no longer has `allow_nets`" in told
    assert f"!include /etc/dovecot/{LIST}" in told
    assert setting(dovecot, "mail_max_userip_connections", protocol="imap") == "20"
    assert not (dovecot.folder / LIST).exists()


def test_apply_lays_the_list_down_and_nothing_else_until_every_passdb_has_it(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site, before = render(module_lab, dovecot, options=ALLOW_NETS), tree(dovecot.folder)
    done = site.apply(check=False)

    assert (done.returncode, set(tree(dovecot.folder)) - set(before)) == (1, {LIST})
    assert f"    !include /etc/dovecot/{LIST}\n" in done.stderr
    assert [line for line in done.stderr.splitlines() if ":passdb" in line] == [
        f"/etc/dovecot/conf.d/auth-passwdfile.conf.ext:{6 - 5 * dovecot.is_24}:passdb {'passwd-file ' * dovecot.is_24}{{"
    ]


def test_a_passdb_that_checks_no_password_is_told_though_it_has_the_list(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot, options=ALLOW_NETS)
    site.apply(check=False)
    include_list(dovecot)
    lines = [line.replace("LINE", f"!include /etc/dovecot/{LIST}") for line in NOPASSWORD[dovecot.is_24]]
    add_file(dovecot, "conf.d/95-trap.conf", *lines)

    assert "takes logins without checking their password" in refusal(site)


def test_a_passdb_that_denies_users_needs_no_list(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    where = "passwd_file_path = /etc/dovecot/denied" if dovecot.is_24 else "args = /etc/dovecot/denied"
    name = "passdb denied {" if dovecot.is_24 else "passdb {"
    add_file(dovecot, "conf.d/05-deny.conf", name, "  driver = passwd-file", "  deny = yes", f"  {where}", "}")
    render(module_lab, dovecot, options=ALLOW_NETS).apply_over_list()

    assert (dovecot.folder / DROP_IN).exists()


def test_a_line_of_the_block_that_overrides_the_list_is_told(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot, options=ALLOW_NETS)
    site.apply(check=False)
    own = "fields {\n    allow_nets = 10.0.0.0/8\n  }" if dovecot.is_24 else "override_fields = allow_nets=10.0.0.0/8"
    include_list(dovecot, line=f"!include /etc/dovecot/{LIST}\n  {own}")

    assert "lacks the list: passdb" in refusal(site)


def test_undo_goes_before_the_line_is_gone_in_no_version(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot, options=ALLOW_NETS)
    site.apply(check=False)
    include_list(dovecot)

    assert site.undo(check=False).returncode == 1
    assert dovecot.run("doveconf", "-n").returncode == 0


def test_a_login_that_asks_no_passdb_is_told(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab, "auth_mechanisms = plain gssapi")
    site = render(module_lab, dovecot, options=ALLOW_NETS)
    site.apply(check=False)
    include_list(dovecot)

    assert "auth_mechanisms has gssapi, which asks no passdb, so the list does not bind it" in refusal(site)


def test_a_site_without_imap_has_the_list_and_no_settings(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    render(module_lab, dovecot, "submission", options=ALLOW_NETS).apply_over_list()

    assert [name for name in tree(dovecot.folder) if "gatepost" in name] == [LIST]
