"""Who has a mailbox."""

from typing import Final

DOMAIN: Final = "example.org"
PASSWORDS: Final = {
    f"alice@{DOMAIN}": "wintergreen-41",
    f"bob@{DOMAIN}": "marmalade-07",
    f"carol@{DOMAIN}": "tangerine-93",
}
ALICE, BOB, CAROL = PASSWORDS
VMAIL_ID: Final = 5000  # the owner of all mailboxes


def home_of(user: str) -> str:
    """The folder of a user's mail, below /var/mail."""
    return user.partition("@")[0]
