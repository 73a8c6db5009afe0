"""What a proof is made of: where the rules look, answers to questions, and claims."""

from typing import NamedTuple

from generator.net import Family
from generator.prove.lab.sockets import Verdict
from generator.prove.questions import Question


class Setting(NamedTuple):
    """Where the rules look at packets: the server's addresses, interface and families; how many connections one source may hold; and what
    those meet whom the rules refuse.
    """

    addresses: tuple[str, ...]
    interface: str
    families: tuple[Family, ...]
    connection_limit: int | None
    refusal: Verdict
    rootless: bool


class Claim(NamedTuple):
    """Something besides single connections that must hold, and what was seen where it does not."""

    title: str
    holds: bool
    seen: str = ""


class Answer(NamedTuple):
    """What a connection met."""

    question: Question
    met: Verdict

    @property
    def is_lie(self) -> bool:
        """Whether the rules did something else than the plan says. Half a hole, a connection that says nothing, is a lie too."""
        return self.met is Verdict.MUTE or self.question.accepted != (self.met is Verdict.ACCEPTED)
