"""`gatepost prove`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.complete import complete_targets
from generator.cli.console import Color, progress, write_err, write_out
from generator.cli.options import ColorOption, Networks, Result, Site, Templates
from generator.cli.printable import printable
from generator.cli.reporting import FOUND, OK, UNTRIED, FindingsFormat, ResultFormat, exit_status, show_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.plan import Plan
    from generator.prove.proof import Proof


Target = Annotated[str, typer.Option("--target", "-t", metavar="TARGET", help="nftables or iptables.", autocompletion=complete_targets)]
Artifacts = Annotated[
    list[Path] | None,
    typer.Option(
        "--artifact",
        metavar="FILE",
        help="Try this file in the place of the rendered one of its name. May be repeated.",
        show_default=False,
    ),
]
Probes = Annotated[int, typer.Option(metavar="NUMBER", help="About how many connections to try on each host.", min=100)]
Rootless = Annotated[bool, typer.Option("--rootless", help="Do without root, as for an ordinary user, even where you are root.")]


def prove(
    site: Site,
    target: Target = "nftables",
    artifact: Artifacts = None,
    network: Networks = None,
    probes: Probes = 5000,
    rootless: Rootless = False,
    templates: Templates = None,
    form: Result = ResultFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Load the rules in a scratch network, beside other people's, and show by real connections that they do what the plan says.

    It takes Linux with nft or iptables, and no root where the system lets users make network namespaces. Exit status 1: a connection
    ended otherwise than the plan says, or the rules can't be loaded twice or undone; 3: it can't be tried here.
    """
    from generator.diagnostics import Report
    from generator.pipeline import compile_sites, render_sites, target_options
    from generator.prove.lab.sockets import LabError
    from generator.prove.site import TARGETS, CannotProveError, prove_site, replace_artifacts

    if target not in TARGETS:
        raise typer.BadParameter(f"only these can be loaded here: {', '.join(TARGETS)}", param_hint="'--target' / '-t'")
    report = Report()
    compiled = compile_sites([site], network or (), report)
    artifacts = render_sites(compiled, [target], templates or (), report)
    if artifacts:
        artifacts = replace_artifacts(artifacts, artifact or (), report)
    show_findings(report, FindingsFormat(form) if report.has_errors else FindingsFormat.TEXT, color)
    if report.has_errors or not artifacts:
        return exit_status(report, strict=False)
    try:
        with progress("knocking"):
            options = target_options(compiled[0], target, templates or ())
            proofs = prove_site(compiled[0].plan, artifacts, options, probes, rootless=rootless)
    except (CannotProveError, LabError) as error:
        write_err(f"gatepost: this can't be tried here: {printable(str(error))}\n")
        return UNTRIED
    return _show(compiled[0].plan, proofs, form)


def _show(plan: "Plan", proofs: "Sequence[Proof]", form: ResultFormat) -> int:
    from generator.prove.words import proof_document, proof_lines

    holds = all(proof.holds for proof in proofs)
    if form is ResultFormat.JSON:
        from generator.cli.reporters import to_json

        write_out(to_json(proof_document(plan, proofs)))
    else:
        lines = [line for proof in proofs for line in (*proof_lines(proof), "")]
        count = sum(len(proof.answers) for proof in proofs)
        write_out("".join(f"{printable(line)}\n" for line in lines))
        write_out(f"{count} connections: {'every one ended as the plan says' if holds else 'the rules do not do what the plan says'}\n")
    return OK if holds else FOUND
