"""Namespaces by system call, so that nothing has a name on the machine and nothing stays behind when the last process ends."""

import ctypes
import os
import signal
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4

_libc = ctypes.CDLL(None, use_errno=True)


def drop_root(uid: int, gid: int) -> None:
    """Go on as an ordinary user, for good."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    # A process that changed its user is "not dumpable": its /proc/self belongs to root and it could not write its own id map.
    _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)


def enter_user_namespace() -> None:
    """Become root in a user namespace in which this user is the only one.

    Raises:
        OSError: the machine forbids it; see `find_restriction`.
    """
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", _CLONE_NEWUSER)
    # An ordinary user may map its group only after giving up setgroups(2): user_namespaces(7).
    Path("/proc/self/setgroups").write_text("deny", encoding="utf-8")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1", encoding="utf-8")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1", encoding="utf-8")


def enter_network_namespace() -> None:
    """Move this process into a new, empty network namespace; children forked earlier stay where they are.

    Raises:
        OSError: the machine forbids it; see `find_restriction`.
    """
    _call("unshare", _CLONE_NEWNET)


def die_with_parent() -> None:
    """Have the kernel end this process when the one that forked it ends."""
    _call("prctl", _PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def find_restriction() -> str:
    """What most likely forbids namespaces on this machine, so that nobody has to guess; empty when nothing known does."""
    for path, forbidden in (
        ("/proc/sys/user/max_user_namespaces", "0"),
        ("/proc/sys/user/max_net_namespaces", "0"),
        ("/proc/sys/kernel/unprivileged_userns_clone", "0"),
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
    ):
        setting = Path(path)
        if setting.exists() and setting.read_text(encoding="utf-8").strip() == forbidden:
            return f"{path} is {forbidden}"
    if "\nSeccomp:\t2" in Path("/proc/self/status").read_text(encoding="utf-8", errors="replace"):
        return "a seccomp filter is active (in Docker: --security-opt seccomp=unconfined, or --privileged)"
    return ""


def _call(name: str, *arguments: int) -> None:
    if getattr(_libc, name)(*arguments):
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
