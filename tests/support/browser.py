"""A real browser without a window, told what to do over its DevTools pipe: what a page shows, asks for and complains about."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_NAMES: Final = ("chromium-headless-shell", "chromium", "google-chrome", "chrome")
# Nothing but the page itself: no updates, no first-run pages, no services of the vendor.
_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


class Page:
    """One page that was loaded. `complaints` is what its console and its exceptions said, `requests` every address that it asked for."""

    def __init__(self, browser: "Browser", session: str, url: str) -> None:
        self._browser, self._session, self.url = browser, session, url
        self.complaints: list[str] = []
        self.requests: list[str] = []

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the DevTools protocol, and what came back."""
        return self._browser.tell(method, session=self._session, **parameters)

    def ask(self, expression: str) -> Any:
        """The value of an expression of JavaScript, run by the debugger and not by the page."""
        answer = self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def show(self, *, scheme: str = "light", media: str = "screen", width: int = 1200) -> None:
        """Look at the page as another kind of screen, or as paper."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.tell("Emulation.setEmulatedMedia", media=media, features=features)
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def shoot(self, path: Path) -> None:
        """A picture of the whole page."""
        answer = self.tell("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(answer["data"]))

    def press(self, key: str) -> None:
        """A key, as a person presses it."""
        code = {"Tab": 9, "Enter": 13}[key]
        text = {"Enter": "\r"}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            shown = {"text": text} if text and kind == "keyDown" else {}
            self.tell("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **shown)

    def print(self) -> bytes:
        """The page on paper, as PDF."""
        self.tell("Emulation.setEmulatedMedia", media="", features=[])
        return base64.b64decode(self.tell("Page.printToPDF")["data"])

    def hear(self, method: str, parameters: dict[str, Any]) -> None:
        """An event of the page."""
        if method == "Runtime.exceptionThrown":
            self.complaints.append(str(parameters["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(str(parameters["args"]))
        elif method == "Log.entryAdded":
            self.complaints.append(parameters["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])


class Browser:
    """A running browser, see `run_browser`."""

    def __init__(self, reader: int, writer: int) -> None:
        self._in, self._out = os.fdopen(reader, "rb", buffering=0), os.fdopen(writer, "wb", buffering=0)
        self._rest, self._number = b"", 0
        self._pages: dict[str, Page] = {}
        self._loaded: set[str] = set()

    def tell(self, method: str, *, session: str = "", **parameters: Any) -> dict[str, Any]:
        """One command, and what came back; events that come meanwhile go to their pages."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        self._out.write(json.dumps(message).encode() + b"\0")
        while (found := self._hear()).get("id") != self._number:
            pass
        assert "error" not in found, (method, found["error"])
        result: dict[str, Any] = found["result"]
        return result

    def open(self, path: Path) -> Page:
        """Load a file, and wait until everything in it is there."""
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, path.as_uri())
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.tell(f"{domain}.enable")
        page.show()
        self._loaded.discard(session)
        page.tell("Page.navigate", url=page.url)
        while session not in self._loaded:
            self._hear()
        return page

    def close(self) -> None:
        """Let the browser end by itself."""
        self.tell("Browser.close")
        self._out.close()
        self._in.close()

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = self._in.read(1 << 16)
            assert piece, "the browser has gone"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        session = message.get("sessionId", "")
        if message.get("method") == "Page.loadEventFired":
            self._loaded.add(session)
        if "method" in message and session in self._pages:
            self._pages[session].hear(message["method"], message["params"])
        return message


@contextmanager
def run_browser(folder: Path) -> Iterator[Browser]:
    """Start a browser whose own files are in `folder`. None on this machine is a failure, not a skip."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    assert program, f"there is no browser here; one of: {', '.join(_NAMES)}"
    to_browser, from_browser = os.pipe(), os.pipe()

    # The protocol's descriptors are 3 and 4, whatever they are here.
    script = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'
    words = ["bash", "-c", script, "browser", str(to_browser[0]), str(from_browser[1]), program, *_OPTIONS, f"--user-data-dir={folder}"]
    process = subprocess.Popen(words, pass_fds=(to_browser[0], from_browser[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(to_browser[0])
    os.close(from_browser[1])
    browser = Browser(from_browser[0], to_browser[1])
    try:
        yield browser
        browser.close()
    finally:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
