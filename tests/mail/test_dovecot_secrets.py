"""apply.sh and undo.sh tell lines of the user's configuration, and never a password in or beside them."""

import pytest

from tests.mail.dovecot_site import LIST, add_file, fresh, include_list, refusal, render
from tests.mail.lab import MailLab

ALLOW_NETS = "allow_nets: true"
MARKER = "hunter2secret"  # stands for a password
STATIC = {
    False: ("passdb { # hunter2secret", "  driver = static", "  args = password=hunter2secret nopassword=y", "}"),
    True: (
        *("passdb static { # hunter2secret", "  passdb_static_password = hunter2secret", "  fields {", "    nopassword = yes"),
        *("    pass = hunter2secret", "  }", "}"),
    ),
}
DISTURBED = {
    "a number": "mail_max_userip_connections = hunter2secret",
    "yes or no": "auth_debug_passwords = hunter2secret",
    "a time": "auth_cache_ttl = hunter2secret",
    "a section": "passdb { driver = static args = password=hunter2secret }",
    "a line": "hunter2secret",
    "an unknown setting": "passdb_statics_password = hunter2secret",
}


def test_a_passdb_with_a_password_is_told_by_the_opening_of_its_block_alone(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot, options=ALLOW_NETS)
    add_file(dovecot, "conf.d/95-static.conf", *STATIC[dovecot.is_24])
    told = refusal(site, "--check")

    assert "takes logins without checking their password (nopassword): passdb" in told
    assert f"\n/etc/dovecot/conf.d/95-static.conf:1:passdb {'static ' * dovecot.is_24}{{\n" in told
    assert MARKER not in told


def test_a_setting_that_begins_like_a_passdb_is_no_passdb(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot, options=ALLOW_NETS)
    if dovecot.is_24:
        add_file(dovecot, "conf.d/95-static.conf", *STATIC[True][:1], "}", f"passdb_static_password = {MARKER}")
    else:
        add_file(dovecot, "conf.d/95-static.conf", *STATIC[False], "plugin {", f"  passdb_password = {MARKER}", "}")

    told = refusal(site, "--check")

    assert [told.count("95-static.conf:"), MARKER in told] == [1, False]


@pytest.mark.parametrize("line", DISTURBED.values(), ids=DISTURBED)
def test_a_configuration_that_dovecot_refuses_is_told_by_its_place(module_lab: MailLab, line: str) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot, options=ALLOW_NETS)
    site.apply(check=False)
    add_file(dovecot, "conf.d/95-own.conf", "# a comment", line)
    told = [refusal(site), site.undo(check=False).stderr]

    assert [MARKER in text for text in told] == [False, False]
    assert ["/etc/dovecot/conf.d/95-own.conf line 2" in text for text in told] == [True, True]


def test_the_line_with_our_list_is_told_without_what_follows_it(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot, options=ALLOW_NETS)
    site.apply(check=False)
    include_list(dovecot, line=f"#{MARKER}\n  !include /etc/dovecot/{LIST}")
    left = dovecot.folder / "conf.d" / "README"  # Dovecot does not read it
    left.write_text(f"!include /etc/dovecot/{LIST} {MARKER}\n", encoding="utf-8")
    told = [site.undo(check=False).stderr, refusal(render(module_lab, dovecot, version="without"))]

    assert [text.count(f"!include /etc/dovecot/{LIST}\n") for text in told] == [2, 2]
    assert [MARKER in text for text in told] == [False, False]
