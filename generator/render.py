"""View → text: fills the templates of a target. The only module that knows the template engine."""

import marshal
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import jinja2
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2 import TemplateNotFound as JinjaNotFound
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.sandbox import SandboxedEnvironment

from generator import __version__, resources
from generator.artifacts import Artifact
from generator.diagnostics import Report, Span
from generator.plan import Plan
from generator.targets.lowerings import bind_lowering
from generator.targets.manifest import ITEM, OutputModel, Target
from generator.targets.naming import printable
from generator.targets.options import Options

# What a mistake in a template raises besides the engine's own errors: `{{ 1 + "a" }}`, `{{ 1 / 0 }}`, Latin-1, a file that includes itself.
_TEMPLATE_MISTAKES = (TemplateError, ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError)


class _CompiledTemplates(BytecodeCache):
    """Keeps the compiled form of the shipped templates where Python keeps that of our modules: compiling is a tenth of a small render.

    Without the right to write there nothing is kept, and never anything of a user's own templates. The name has everything that the code
    depends on but the source, whose digest begins the file.
    """

    _folder: Final = Path(__file__).parent / "__pycache__"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The file's name; empty for templates that are not shipped."""
        if filename is None or not resources.is_shipped(Path(filename)):
            return ""
        return f"{name.replace('/', '.')}.{sys.implementation.cache_tag}.gatepost-{__version__}.jinja-{jinja2.__version__}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the kept code if it is of this very source."""
        try:
            kept = (self._folder / bucket.key).read_bytes() if bucket.key else b""
            digest, _, code = kept.partition(b"\n")
            # Whoever can write the file can write our modules beside it.
            bucket.code = marshal.loads(code) if digest == bucket.checksum.encode() else None  # noqa: S302
        except (OSError, EOFError, ValueError, TypeError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code, whole or not at all."""
        if not bucket.key or sys.dont_write_bytecode:
            return
        path = self._folder / bucket.key
        part = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            part.write_bytes(bucket.checksum.encode() + b"\n" + marshal.dumps(bucket.code))
            part.replace(path)


class _TemplateFolder(FileSystemLoader):
    """One folder of templates; bytes that are no UTF-8 are a mistake at a line of the file."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template, where it is, and whether it still is what it was."""
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            path = Path(self.searchpath[0], template)
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise TemplateSyntaxError(str(error), line, template, str(path)) from error


class Templates(NamedTuple):
    """Where templates come from: the user's folders first, then the shipped ones, which `builtin/…` always names."""

    environment: SandboxedEnvironment


def open_templates(user_folders: Sequence[Path] = ()) -> Templates:
    """Make the template environment of a run. `user_folders` have the shape of `templates/`: a folder for each target."""
    shipped = _TemplateFolder(resources.find_folder("templates"))
    loaders: list[BaseLoader] = [_TemplateFolder(folder) for folder in user_folders]
    loader = ChoiceLoader([*loaders, shipped, PrefixLoader({resources.BUILTIN: shipped})])
    # Quoting is the lowerings' work, in the target's own alphabet; XML and HTML templates are escaped by the engine.
    return Templates(
        SandboxedEnvironment(
            loader=loader,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            bytecode_cache=_CompiledTemplates(),
            autoescape=lambda name: name is not None and name.endswith((".html.j2", ".xml.j2")),
        )
    )


def render_target(
    plan: Plan, target: Target, options: Options, *, templates: Templates, again: Sequence[str], report: Report
) -> tuple[Artifact, ...]:
    """Make every file of one target for one plan; nothing is written.

    `again` are the words to type after `gatepost render` to make the same files, without `-t` and `-o`. Empty after an error in the report.
    """
    lower = bind_lowering(target, report)
    view = None if lower is None else lower(plan, limits=target.limits, options=options, report=report)
    if view is None:
        return ()
    artifacts = []
    for output in target.manifest.outputs:
        for file, part in _files(output, view, target, report):
            header, place = _header(plan, target, output, again), _output_span(target, output, "template")
            content = _fill(output.template, place, header, view, part, target, templates, report)
            artifacts.append(_artifact(plan, target, output, file, content or ""))
    return tuple(artifacts)


def render_fragments(view: object, target: Target, *, templates: Templates, report: Report) -> dict[str, str]:
    """What `gatepost merge` puts into a backup, by the part of it, from the view that the target's lowering made.

    A fragment has no header, because the file that it goes into is the user's. Empty texts after an error in the report.
    """
    fragments = {}
    for part, template in target.manifest.merge.items():
        place = target.document.spans.at("merge", part)
        fragments[part] = _fill(template, place, "", view, None, target, templates, report) or ""
    return fragments


def render_page(view: object, name: str, *, templates: Templates, report: Report) -> str | None:
    """An HTML page from a view of any kind; None after an error in the report, which only a user's own template gives."""
    page = _fill_named(f"{name}.html.j2", Span(name, 1, 1, 1, 1), {"header": "", "view": view}, templates, report)
    return None if page is None else page.lstrip("\n")


def _files(output: OutputModel, view: object, target: Target, report: Report) -> Iterator[tuple[str, object]]:
    """The name of each file of an output, with what its template sees as `part`."""
    key = output.each or output.when
    if key is None:
        yield output.file, None
    elif not hasattr(view, key):
        word, hint = ("each", "name a list of the view") if output.each else ("when", "leave `when` out to write the file always")
        report.add("TGT007", _output_span(target, output, word), f"the view has no part `{key}`", hint=hint)
    elif output.each is None:
        if getattr(view, key):
            yield output.file, getattr(view, key)
    else:
        yield from _files_of_items(output, getattr(view, key), target, report)


def _files_of_items(output: OutputModel, items: object, target: Target, report: Report) -> Iterator[tuple[str, object]]:
    """A file for each item of a list of the view, which a lowering has given names that are fit for files."""
    for item in items if isinstance(items, tuple) else (items,):
        name = getattr(item, "name", None)
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
            span = _output_span(target, output, "each")
            report.add("TGT007", span, f"the items of `{output.each}` have no names for files", hint="name another list of the view")
            return
        yield output.file.replace(ITEM, name), item


def _output_span(target: Target, output: OutputModel, word: str) -> Span:
    return target.document.spans.at("outputs", target.manifest.outputs.index(output), word)


def _artifact(plan: Plan, target: Target, output: OutputModel, file: str, content: str) -> Artifact:
    return Artifact(
        site=plan.site,
        target=target.name,
        role=output.role,
        path=f"{plan.site}/{target.name}/{file}",
        content=content,
        mode=int(output.mode, 8),
        apply=output.apply or "",
        undo=output.undo or "",
        check=output.check or "",
    )


def _header(plan: Plan, target: Target, output: OutputModel, again: Sequence[str]) -> str:
    """The first lines of a file: what it is, what it was made from, how to make, check, apply and undo it. Without the last line end."""
    if output.comment is None:
        return ""
    lines = [f"gatepost {plan.site}: {output.title}", "A change made here is lost when the file is made again, with:"]
    lines += [f"    gatepost render {' '.join(map(_shell_word, again))} -t {target.name} -o DIR", "Made from:"]
    lines += [f"    {printable(source.name)}  sha256 {source.sha256}" for source in plan.inputs]
    commands = (("Check:", output.check), ("Apply:", output.apply), ("Undo:", output.undo))
    lines += [f"{word:<7} {command}" for word, command in commands if command]
    first = [f"#!{output.interpreter}"] if output.interpreter else []
    return "\n".join(first + [f"{output.comment} {line}" for line in lines])


def _shell_word(text: str) -> str:
    """A word of a command line in a comment. What `printable` leaves holds no quote, so quotes around it are enough."""
    word = printable(text)
    return word if re.fullmatch(r"[\w./:@+=,-]+", word) else f"'{word}'"


def _fill(
    file: str, place: Span, header: str, view: object, part: object, target: Target, templates: Templates, report: Report
) -> str | None:
    """The text of one template; `place` is where the manifest names it."""
    return _fill_named(f"{target.name}/{file}", place, {"header": header, "view": view, "part": part}, templates, report)


def _fill_named(name: str, place: Span, values: dict[str, object], templates: Templates, report: Report) -> str | None:
    span = place
    try:
        template: Template = templates.environment.get_template(name)
        return template.render(values)
    except JinjaNotFound as error:
        if error.name not in (None, name):  # a template asks for another one
            span = _template_span(*_find_place(error, name), report)
        hint = "it belongs beside the target's manifest, or in a folder of --templates; gatepost's own are under `builtin/`"
        report.add("TGT006", span, f"there is no template `{_one_line(str(error.name or name))}`", hint=hint)
    except TemplateSyntaxError as error:
        _report_template(error, error.filename or error.name or name, error.lineno, report)  # the lexer puts the file into `name`
    except _TEMPLATE_MISTAKES as error:
        _report_template(error, *_find_place(error, name), report)
    return None


def _report_template(error: Exception, filename: str, line: int, report: Report) -> None:
    text, hint = _explain(error)
    report.add("TGT007", _template_span(filename, line, report), f"the template can't be filled: {text}", hint=hint)


def _template_span(filename: str, line: int, report: Report) -> Span:
    """A line of a template. The shipped ones are named without this machine's folders."""
    path = Path(filename)
    shown = resources.shown_path(path)
    if path.is_file():
        report.remember(shown, path.read_text(encoding="utf-8", errors="replace"))
    return Span(shown, line, 1, line, 1)


def _explain(error: Exception) -> tuple[str, str]:
    """What the template engine says, in one line and without the names of gatepost's own modules; and the hint."""
    if isinstance(error, RecursionError):
        return "it includes or extends itself", "gatepost's own template of that name is under `builtin/`"
    said = _one_line(str(error)).rstrip(".") or type(error).__name__
    text = said[:1].lower() + said[1:]
    hint = "templates see `header`, `view` and `part`; gatepost's own show what a view has"
    return re.sub(r"'(?:\w+\.)+(\w+) object' has no attribute '(\w+)'", r"`\1` has no `\2`", text), hint


def _one_line(text: str) -> str:
    """The first line of a text, without what does not print."""
    first = next(iter(text.splitlines()), "")
    return "".join(char if char.isprintable() else "?" for char in first).strip()


def _find_place(error: Exception, name: str) -> tuple[str, int]:
    """The file and line where filling stopped: the engine writes the lines of templates into its traceback."""
    found, trace = (name, 1), error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if not filename.endswith(".py"):
            found = (filename, trace.tb_lineno)
            if isinstance(error, RecursionError):
                break  # the deepest one is wherever the stack was full
        trace = trace.tb_next
    return found
