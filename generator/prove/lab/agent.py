"""The lab's processes: `main` makes two network namespaces and forks a worker and a listener into each.

Started by `Lab`, with one socket for each of the four. When the caller ends, however it ends, the sockets close, the processes end, and the
kernel takes the namespaces, interfaces and rulesets away.
"""

import json
import os
import resource
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final

from generator.prove.lab.listener import Listener
from generator.prove.lab.namespaces import drop_root, enter_network_namespace, enter_user_namespace, find_restriction
from generator.prove.lab.wire import Wire
from generator.prove.lab.worker import Worker

ROLES: Final = ("server worker", "server listener", "client worker", "client listener")
_NOBODY = 65534


def main() -> None:
    """Argument, as JSON: the file descriptors of the four sockets in the order of ROLES, whether to do without root, the lab's folder."""
    setting = json.loads(sys.argv[1])
    sockets = [socket.socket(fileno=descriptor) for descriptor in setting["sockets"]]
    os.chdir("/")
    _allow_many_sockets()
    try:
        if setting["rootless"]:
            if os.geteuid() == 0:
                drop_root(_NOBODY, _NOBODY)
            enter_user_namespace()
        children = []
        for index, role in enumerate(ROLES):
            if role.endswith("worker"):
                enter_network_namespace()
            children.append(_fork(role, sockets, index))
    except OSError as error:
        sys.exit(f"no namespace on this machine: {error.strerror or error}; {find_restriction() or 'no reason found'}")
    for sock in sockets:
        sock.close()
    for child in children:
        os.waitpid(child, 0)
    shutil.rmtree(setting["folder"], ignore_errors=True)  # the caller does so too, unless it was killed
    os.killpg(0, signal.SIGKILL)  # what commands that took too long have left, and this process, which leads the group


def _fork(role: str, sockets: list[socket.socket], index: int) -> int:
    """Fork one process that keeps only its own socket: the others must close when the caller closes its ends."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for other, sock in enumerate(sockets):
            if other != index:
                sock.close()
        wire = Wire(sockets[index])
        wire.send({"pid": os.getpid()})
        serve: Callable[[], None] = (Worker(wire) if role.endswith("worker") else Listener(wire)).run
        serve()
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def _allow_many_sockets() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
