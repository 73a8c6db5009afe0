"""Reports as the tests read them."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from tests.review.report_sites import TODAY
from tests.support.cli import gatepost

PREFLIGHT: Final = Path(__file__).parent / "preflight.json"
# The contrast of two colours, as WCAG 2.2 reckons it, of every variable for text against those for surfaces.
CONTRASTS: Final = """
(() => {
  const style = getComputedStyle(document.documentElement);
  const light = name => {
    const parts = style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map(part => parseInt(part, 16) / 255);
    const [r, g, b] = parts.map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const inks = ["--ink", "--soft", "--link", "--good", "--warning", "--error", "--note", "--rest", ...Array(8).keys()].map(
    name => typeof name === "number" ? `--c${name}` : name);
  const low = [];
  for (const ink of inks) for (const paper of ["--paper", "--shade"]) {
    const [a, b] = [light(ink), light(paper)].sort((one, other) => other - one);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${ink} on ${paper}`);
  }
  for (const shade of ["--good-shade", "--warning-shade", "--error-shade", "--note-shade"]) {
    const [a, b] = [light("--ink"), light(shade)].sort((one, other) => other - one);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`--ink on ${shade}`);
  }
  return low;
})()
"""


class Texts(HTMLParser):
    """The words of a page by the section that they are in, and the elements that were opened and not closed."""

    VOID: Final = {"meta", "rect", "path", "circle", "link", "img", "br"}

    def __init__(self) -> None:
        super().__init__()
        self.sections: dict[str, list[str]] = {}
        self._open: list[str] = []
        self._sections: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self._open.append(tag)
        if tag == "section":
            self._sections.append(dict(attrs)["id"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self._open.pop() == tag
        if tag == "section":
            self._sections.pop()

    def handle_data(self, data: str) -> None:
        for section in ("", *self._sections):
            self.sections.setdefault(section, []).append(data)

    def words(self, section: str) -> str:
        return " ".join(" ".join(self.sections[section]).split())


def read(page: str) -> Texts:
    parser = Texts()
    parser.feed(page)
    parser.close()
    return parser


def make(folder: Path, *options: str | Path) -> str:
    """The page of the site in a folder, which is the current one."""
    done = gatepost("report", "acme.yaml", "--today", TODAY, *options)
    assert done.status == 0, done.err
    return done.out
