"""JSON lines over a socket between the caller and its agents; requests are answered in order, one at a time."""

import json
import socket
from typing import Any

# What a request or an answer holds; each side knows what it asked for.
Message = dict[str, Any]


class Wire:
    """One end. `receive` gives None when the other end is gone."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lines = sock.makefile("rb")

    def fileno(self) -> int:
        """The descriptor, for selectors."""
        return self._sock.fileno()

    def send(self, message: Message) -> None:
        """Send one message."""
        self._sock.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> Message | None:
        """Wait for one message."""
        line = self._lines.readline()
        if not line.endswith(b"\n"):
            return None
        message: Message = json.loads(line)
        return message

    def close(self) -> None:
        """Close this end; the other one sees it."""
        self._lines.close()
        self._sock.close()
