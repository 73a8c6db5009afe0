"""Starts the lab's processes and talks to them."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from generator.prove.lab.agent import ROLES
from generator.prove.lab.sockets import LabError
from generator.prove.lab.wire import Message, Wire

_ANSWER_SECONDS: Final = 120.0
_END_SECONDS: Final = 5.0
_ROOT: Final = Path(__file__).parents[len(__name__.split(".")) - 1]  # of the import path this package was found on


class Processes:
    """The four processes of one lab, each named by its role and asked through its own wire."""

    def __init__(self, *, rootless: bool, folder: Path, environment: Mapping[str, str]) -> None:
        self._wires: dict[str, Wire] = {}
        self.pids: dict[str, int] = {}
        with ExitStack() as undo:
            self._messages: IO[str] = undo.enter_context(TemporaryFile("w+", encoding="utf-8", errors="replace"))
            pairs = [socket.socketpair() for _ in ROLES]
            for role, (ours, _) in zip(ROLES, pairs, strict=True):
                ours.settimeout(_ANSWER_SECONDS)
                self._wires[role] = Wire(ours)
            theirs = [sock.fileno() for _, sock in pairs]
            self._process = subprocess.Popen(
                # Isolated: what the lab does must not hang on the user's environment, and it starts in half the time.
                [sys.executable, "-ISc", _program(), json.dumps({"sockets": theirs, "rootless": rootless, "folder": str(folder)})],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._messages,
                env=dict(environment),
                pass_fds=theirs,
                start_new_session=True,  # Ctrl-C is for the caller; the lab ends when that does
            )
            undo.callback(self.stop)
            for _, sock in pairs:
                sock.close()
            for role in ROLES:
                self.pids[role] = self._receive(role)["pid"]
            undo.pop_all()

    def ask(self, role: str, request: Message) -> Message:
        """Have one process do something, and wait for it.

        Raises:
            LabError: it could not.
        """
        self._wires[role].send(request)
        answer = self._receive(role)
        if "error" in answer:
            raise LabError(f"{role}: {answer['error']}")
        return answer

    def stop(self) -> None:
        """End them all; nothing of the lab remains."""
        for wire in self._wires.values():
            wire.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # the session it leads
            self._process.wait()
        self._messages.close()

    def _receive(self, role: str) -> Message:
        try:
            answer = self._wires[role].receive()
        except (TimeoutError, ConnectionError) as error:
            raise LabError(f"{role}: {error}") from error
        if answer is None:
            self._messages.seek(0)
            raise LabError(f"{role} is gone: {self._messages.read().strip() or 'no message'}")
        return answer


def _program() -> str:
    package = __name__.rpartition(".")[0]
    return f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from {package}.agent import main; main()"
