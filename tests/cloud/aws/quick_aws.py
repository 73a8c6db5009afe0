"""The AWS CLI without its start-up time: run by the environment `aws`, as `quick_aws.py SOCKET`.

It loads the real CLI once and runs every call that comes in by the socket, one after the other, in the caller's folder.
"""

import contextlib
import io
import json
import os
import socket
import sys
import traceback
from collections.abc import Callable

import awscli.clidriver  # type: ignore[import-not-found]  # of the environment `aws`, which mypy does not look into


def serve(path: str) -> None:
    driver = awscli.clidriver.create_clidriver()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(16)
        while True:
            connection, _ = server.accept()
            with connection, connection.makefile("rw", encoding="utf-8") as stream:
                call = json.loads(stream.readline())
                json.dump(run(driver.main, call["words"], call["folder"]), stream)


def run(main: Callable[[list[str]], int], words: list[str], folder: str) -> dict[str, object]:
    os.chdir(folder)
    status, out, err = 255, io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(words)
        except SystemExit as stop:
            status = int(stop.code or 0)
        except Exception:  # noqa: BLE001  # the caller is to see it
            traceback.print_exc()
    return {"status": status, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    serve(sys.argv[1])
