"""Two loops that connect as fast as they can, one from sources that must get in and one from sources that must not."""

import contextlib
import itertools
import json
import mmap
import os
import select
import signal
import socket
import struct
from collections.abc import Callable, Sequence

from generator.prove.lab.namespaces import die_with_parent
from generator.prove.lab.sockets import BANNER, Knock, await_data, is_connected, open_connection

_CONNECT_SECONDS = 5.0
_NICE = 10  # what is hammered goes first: otherwise two loops on a small machine starve the reload that they are to see
_OUTSIDERS_AT_ONCE = 32
_OUTSIDER_SECONDS = 0.005
_TOTAL_RETRANS_OFFSET = 100  # of tcpi_total_retrans in struct tcp_info, linux/tcp.h


class Loop:
    """A process of its own that runs `body(knocks, stopped)` until told to stop, and then hands back its two counts."""

    def __init__(self, body: Callable[[Sequence[Knock], mmap.mmap], tuple[int, int]], knocks: Sequence[Knock]) -> None:
        self._stopped = mmap.mmap(-1, 1)
        self._result, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _run_child(body, knocks, self._stopped, writing)
        os.close(writing)

    def stop(self) -> tuple[int, int]:
        """End the loop and take its counts."""
        self._stopped[0] = 1
        with os.fdopen(self._result, "rb") as pipe:
            text = pipe.read()
        os.waitpid(self._pid, 0)
        first, second = json.loads(text)
        return first, second


def _run_child(
    body: Callable[[Sequence[Knock], mmap.mmap], tuple[int, int]], knocks: Sequence[Knock], stopped: mmap.mmap, writing: int
) -> None:
    status = 1
    try:
        die_with_parent()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.nice(_NICE)
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            json.dump(body(knocks, stopped) if knocks else (0, 0), pipe)
        status = 0
    finally:
        os._exit(status)  # never back into the agent's own loop


def knock_inside(knocks: Sequence[Knock], stopped: mmap.mmap) -> tuple[int, int]:
    """Connect one after the other, reading each banner: how often, and how often the ruleset was in the way.

    A dropped SYN is seen as well as a reset: the kernel sends it again after a second, and tells so (tcp_info).
    """
    done = failed = 0
    for knock in itertools.cycle(knocks):
        if stopped[0]:
            break
        done += 1
        failed += not _connects_at_once(knock)
    return done, failed


def _connects_at_once(knock: Knock) -> bool:
    sock, _ = open_connection(knock)
    with sock:
        if not await_data(sock, _CONNECT_SECONDS):
            return False
        with contextlib.suppress(OSError):
            if sock.recv(len(BANNER)) == BANNER:
                info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
                (repeated,) = struct.unpack_from("I", info, _TOTAL_RETRANS_OFFSET)
                return bool(repeated == 0)
    return False


def knock_outside(knocks: Sequence[Knock], stopped: mmap.mmap) -> tuple[int, int]:
    """Connect many at once, giving each wave some milliseconds: how often, and how many got in."""
    done = admitted = 0
    turn = itertools.cycle(knocks)
    while not stopped[0]:
        admitted += _count_admitted(list(itertools.islice(turn, _OUTSIDERS_AT_ONCE)))
        done += _OUTSIDERS_AT_ONCE
    return done, admitted


def _count_admitted(knocks: Sequence[Knock]) -> int:
    poll = select.poll()
    sockets = [open_connection(knock)[0] for knock in knocks]
    try:
        for sock in sockets:
            poll.register(sock, 0)  # POLLERR and POLLHUP alone: a wave of resets need not be waited for
        waiting = len(sockets)
        while waiting and (events := poll.poll(_OUTSIDER_SECONDS * 1000)):
            for descriptor, _ in events:
                poll.unregister(descriptor)
            waiting -= len(events)
        return sum(is_connected(sock) for sock in sockets)
    finally:
        for sock in sockets:
            sock.close()
