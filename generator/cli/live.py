"""The rules of this host, by the commands that print them and change nothing."""

import os
import shutil
import subprocess
from typing import Final, NamedTuple

_PATH: Final = "/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin"  # an ordinary user's PATH has no sbin
_SECONDS: Final = 120
_NFT: Final = ("nft", "-j", "list", "ruleset")
_ROUTES: Final = ("ip", "-j", "route", "show", "table", "all")
_ROUTES6: Final = ("ip", "-6", "-j", "route", "show", "table", "all")


class Printed(NamedTuple):
    """What one command printed. `path` is the command itself, which findings name."""

    path: str
    text: str


class CannotReadError(Exception):
    """Why the rules of this host can't be read from here, in words."""


def read_live_rules() -> list[Printed]:
    """The output of every command that is there and has something to say.

    Raises:
        CannotReadError: no program is there, one of them may not read the rules, or there are none.
    """
    found = [_run(_NFT, needed=True)] if _has("nft") else []
    found += [printed for name in ("iptables", "ip6tables") for printed in _read_iptables(name)]
    if not any(_has(name) for name in ("nft", "iptables-save", "ip6tables-save")):
        raise CannotReadError("neither nft nor iptables-save is installed")
    if not any(_says_something(printed) for printed in found):
        raise CannotReadError("none of the programs printed any rules")
    found += [_run(command, needed=False) for command in (("ipset", "save"), _ROUTES, _ROUTES6) if _has(command[0])]
    return [printed for printed in found if _says_something(printed)]


def _read_iptables(name: str) -> list[Printed]:
    """The rules of one family: the host's own variant, and the legacy one where the kernel has tables of that, which nft does not see."""
    own, legacy = f"{name}-save", f"{name}-legacy-save"
    printed = [_run((own,), needed=True)] if _has(own) else []
    if _has(legacy) and not _is_same(own, legacy) and _has_tables(f"{name.removesuffix('tables')}_tables_names"):
        printed.append(_run((legacy,), needed=True))
    return printed


def _has(name: str) -> bool:
    return shutil.which(name, path=_PATH) is not None


def _is_same(one: str, other: str) -> bool:
    return os.path.realpath(shutil.which(one, path=_PATH) or one) == os.path.realpath(shutil.which(other, path=_PATH) or other)


def _has_tables(name: str) -> bool:
    """Whether the kernel has tables of the legacy kind. Asking the program would make some."""
    try:
        with open(f"/proc/self/net/{name}", encoding="ascii") as stream:
            return bool(stream.read().strip())
    except OSError:
        return False


def _run(command: tuple[str, ...], *, needed: bool) -> Printed:
    words = " ".join(command)
    program = shutil.which(command[0], path=_PATH) or command[0]
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            [program, *command[1:]],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_SECONDS,
            env={"PATH": _PATH, "LC_ALL": "C.UTF-8"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotReadError(f"`{words}`: {error}") from error
    if done.returncode and needed:
        first = next((line.strip() for line in done.stderr.splitlines() if line.strip()), f"exit status {done.returncode}")
        raise CannotReadError(f"`{words}` may not, or can't, read the rules: {first}")
    return Printed(words, done.stdout if done.returncode == 0 else "")


def _says_something(printed: Printed) -> bool:
    return any(line.strip() and not line.startswith("#") for line in printed.text.splitlines())
