"""`gatepost schema` and `gatepost explain-code`."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.complete import complete_codes
from generator.cli.console import write_out
from generator.cli.options import Result
from generator.cli.reporting import ResultFormat

if TYPE_CHECKING:
    from generator.codes import Code


class Kind(StrEnum):
    """The documents that users write."""

    SITE = "site"
    CONNECTOR = "connector"


def schema(kind: Annotated[Kind, typer.Argument(metavar="KIND", help="Which document: site or connector.", show_default=False)]) -> int:
    """Print the JSON Schema (draft 2020-12) of a document, for editors and other programs."""
    from generator.cli.reporters import to_json
    from generator.schema import document_schema

    write_out(to_json(document_schema("site" if kind is Kind.SITE else "connector")))
    return 0


def explain_code(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="A code such as NET002.", autocompletion=complete_codes, show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Explain every code.")] = False,
    form: Result = ResultFormat.TEXT,
) -> int:
    """Explain the code of a finding: what it means, what to do, where the rule comes from."""
    from generator.codes import all_codes

    if (code is None) != every:
        raise typer.BadParameter("name one code, or ask for --all")
    codes = all_codes() if code is None else (_find_code(code),)
    if form is ResultFormat.JSON:
        from generator.cli.reporters import to_json

        names = ("name", "severity", "summary", "explanation", "source")
        write_out(to_json({"schema": "gatepost.codes/1", "codes": [{name: getattr(each, name) for name in names} for each in codes]}))
    else:
        write_out("\n".join(_code_text(each) for each in codes))
    return 0


def _find_code(name: str) -> "Code":
    from difflib import get_close_matches

    from generator.codes import all_codes

    by_name = {code.name: code for code in all_codes()}
    found = by_name.get(name.upper())
    if found is None:
        near = get_close_matches(name.upper(), by_name, n=3)
        mean = f"did you mean {' or '.join(near)}? " if near else ""
        raise typer.BadParameter(f"there is no code `{name}`; {mean}--all shows every code")
    return found


def _code_text(code: "Code") -> str:
    return f"{code.name} ({code.severity}): {code.summary}\n\n{code.explanation}\n\nSource: {code.source}\n"
