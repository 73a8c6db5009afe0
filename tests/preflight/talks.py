"""Servers that follow a script: a greeting, and an answer to each command by how it begins."""

import socket
from collections.abc import Mapping
from typing import Final

from tests.preflight.peers import Play

ENDS: Final = (b"LOGOUT", b"QUIT")


def imap(greeting: str, answers: Mapping[str, str]) -> Play:
    """Answer commands by the words after the tag; `TAG` in an answer is the tag. What is not in the script is BAD."""
    return _follow(greeting, answers, "TAG BAD not in the script\r\n", words_after_tag=True)


def smtp(greeting: str, answers: Mapping[str, str]) -> Play:
    """Answer commands by how they begin; what is not in the script is a 502."""
    return _follow(greeting, answers, "502 not in the script\r\n", words_after_tag=False)


def _follow(greeting: str, answers: Mapping[str, str], otherwise: str, *, words_after_tag: bool) -> Play:
    def play(plug: socket.socket) -> None:
        plug.sendall(greeting.encode())
        with plug.makefile("rb") as lines:
            for line in lines:
                tag, _, rest = line.decode().partition(" ")
                words = rest if words_after_tag and rest else line.decode()
                answer = next((text for begin, text in answers.items() if words.upper().startswith(begin.upper())), otherwise)
                plug.sendall(answer.replace("TAG", tag).encode())
                if words.encode().startswith(ENDS):
                    return

    return play
