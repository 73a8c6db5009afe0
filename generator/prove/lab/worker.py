"""Does what the caller asks, in one namespace: runs commands, knocks, holds connections, hammers."""

import os
import socket
import struct
import subprocess
from collections.abc import Callable, Iterable, Sequence

from generator.prove.lab.hammering import Loop, knock_inside, knock_outside
from generator.prove.lab.sockets import Knock, LabError, await_data, judge_all, judge_one, open_datagram
from generator.prove.lab.wire import Message, Wire

_ECHO_SECONDS = 1.5  # TCP repeats what was lost
_UNTRACKED_SECONDS = 0.3  # UDP and ICMP do not
_ICMP_ECHO = {socket.AF_INET: (socket.IPPROTO_ICMP, 8), socket.AF_INET6: (socket.IPPROTO_ICMPV6, 128)}


class Worker:
    """One process of the lab; `run` returns when the caller is gone."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._held: dict[int, socket.socket] = {}
        self._loops: list[Loop] = []
        self._tasks: dict[str, Callable[[Message], Message]] = {
            "run": self._run,
            "judge": self._judge,
            "hold": self._hold,
            "ask": self._ask,
            "release": self._release,
            "datagram": self._datagram,
            "ping": self._ping,
            "hammer": self._hammer,
            "rest": self._rest,
        }

    def run(self) -> None:
        """Do one task after the other until the wire closes."""
        while (request := self._wire.receive()) is not None:
            try:
                answer = self._tasks[request["task"]](request)
            except (LabError, OSError, subprocess.TimeoutExpired) as error:
                answer = {"error": str(error)}
            self._wire.send(answer)

    @staticmethod
    def _run(request: Message) -> Message:
        done = subprocess.run(
            request["command"],
            input=request["stdin"],
            timeout=request["seconds"],
            cwd=request["folder"],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        return {"status": done.returncode, "stdout": done.stdout, "stderr": done.stderr}

    @staticmethod
    def _judge(request: Message) -> Message:
        return {"verdicts": judge_all(_knocks(request["knocks"]), _knocks(request["control"]))}

    def _hold(self, request: Message) -> Message:
        verdict, sock = judge_one(Knock(*request["knock"]))
        if sock is None:
            return {"verdict": verdict}
        self._held[sock.fileno()] = sock
        return {"verdict": verdict, "held": sock.fileno()}

    def _ask(self, request: Message) -> Message:
        sock = self._held[request["held"]]
        try:
            sock.send(b"?")
            alive = await_data(sock, _ECHO_SECONDS) and sock.recv(1) == b"?"
        except OSError:
            alive = False
        return {"alive": alive}

    def _release(self, request: Message) -> Message:
        self._held.pop(request["held"]).close()
        return {}

    @staticmethod
    def _datagram(request: Message) -> Message:
        with open_datagram(Knock(*request["knock"])) as sock:
            return {"answered": _is_echoed(sock, b"?")}

    @staticmethod
    def _ping(request: Message) -> Message:
        knock = Knock(*request["knock"])
        family = socket.AF_INET6 if ":" in knock.to else socket.AF_INET
        protocol, echo_request = _ICMP_ECHO[family]
        message = struct.pack("!BBHHH", echo_request, 0, 0, os.getpid() & 0xFFFF, 1)
        with open_datagram(knock, kind=socket.SOCK_RAW, protocol=protocol) as sock:
            if family == socket.AF_INET:  # the kernel fills in the checksum of ICMPv6 alone
                message = struct.pack("!BBHHH", echo_request, 0, _checksum(message), os.getpid() & 0xFFFF, 1)
            return {"answered": _is_echoed(sock, message, any_answer=True)}

    def _hammer(self, request: Message) -> Message:
        for body, knocks in ((knock_inside, request["allowed"]), (knock_outside, request["outside"])):
            self._loops.append(Loop(body, _knocks(knocks)))
        return {}

    def _rest(self, _: Message) -> Message:
        counts = [loop.stop() for loop in self._loops]
        self._loops.clear()
        return {"counts": counts}


def _knocks(items: Iterable[Sequence[str]]) -> list[Knock]:
    return [Knock(source, to, int(port)) for source, to, port in items]


def _is_echoed(sock: socket.socket, message: bytes, *, any_answer: bool = False) -> bool:
    sock.send(message)
    if not await_data(sock, _UNTRACKED_SECONDS):
        return False
    try:
        return sock.recv(4096) == message or any_answer
    except OSError:
        return False


def _checksum(message: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(message) // 2}H", message))
    return ~((total >> 16) + (total & 0xFFFF)) & 0xFFFF
