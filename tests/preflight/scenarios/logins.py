"""What happens at the login and after it."""

from typing import Final

from tests.preflight.scenarios.row import Row

LOGINS: Final = (
    Row("login refused", "--imap login-refused:993 --login", 1, "login=fail software=note stop:login"),
    Row("BYE at the login", "--imap login-bye:993 --login", 1, "login=fail software=note stop:login"),
    Row("closed at the login", "--imap login-closed:993 --login", 1, "login=fail software=note stop:login"),
    Row("hangs at the login", "--imap login-hangs:993 --login --timeout 2", 1, "login=fail software=note stop:login"),
    Row("unavailable", "--imap login-unavailable:993 --login", 1, "login=fail software=note stop:login"),
    Row("folders hang", "--imap list-hangs:993 --login --timeout 2", 1, "folders=fail inbox=skip connections=skip software=note"),
    Row("folders refused", "--imap list-refused:993 --login", 0, "folders=warn software=note"),
    Row("many folders", "--imap many-folders:993 --login", 0, "software=note"),
    Row("sent mail in German", "--imap sent-in-german:993 --login", 0, "software=note"),
    Row("a folder's name as a literal", "--imap sent-as-literal:993 --login", 0, "software=note"),
    Row("no folder for sent mail", "--imap no-sent:993 --login", 0, "folders=warn software=note"),
    Row("inbox locked", "--imap inbox-locked:993 --login", 1, "inbox=fail software=note"),
    Row("inbox hangs", "--imap inbox-hangs:993 --login --timeout 2", 1, "inbox=fail connections=skip software=note"),
    Row("LOGOUT hangs", "--imap logout-hangs:993 --login --timeout 2", 0, "software=note"),
    Row("ID hangs", "--imap id-hangs:993 --login --timeout 2", 0, "software=note"),
    Row("late", "--imap late-login:993 --login", 0, "software=note", long=True),
    Row("the fifth gets BYE", "--imap fifth-bye:993 --login", 1, "connections=fail software=note"),
    Row("the second hangs", "--imap second-hangs:993 --login --timeout 3", 1, "connections=fail software=note"),
    Row("the second is closed", "--imap second-closes:993 --login", 1, "connections=fail software=note"),
    Row("535", "--smtp smtp-535:465 --login", 1, smtp="login=fail stop:login"),
    Row("534: an application's password", "--smtp smtp-534:465 --login", 1, smtp="login=fail stop:login"),
    Row("454: not now", "--smtp smtp-454:465 --login", 1, smtp="login=fail stop:login"),
    Row("SMTP login hangs", "--smtp smtp-login-hangs:465 --login --timeout 2", 1, smtp="login=fail stop:login"),
    Row("sender refused", "--smtp sender-refused:465 --login", 1, smtp="sender=fail"),
    Row("sender refused for now", "--smtp sender-later:465 --login", 0, smtp="sender=warn"),
    Row("sender hangs", "--smtp sender-hangs:465 --login --timeout 2", 1, smtp="sender=fail"),
    Row("QUIT hangs", "--smtp quit-hangs:465 --login --timeout 2"),
)
