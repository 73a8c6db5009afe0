"""TGT260 to TGT269: what the clouds have in common. Part of `tgt`."""

from typing import Final

from generator.codes import Code

CLOUD_CODES: Final = (
    Code(
        "TGT260",
        "note",
        "how much of a cloud's quota the rules take",
        "A cloud holds a certain number of rules and addresses, and what does not fit is refused when it is applied, half of it at worst.\n"
        "So gatepost counts before it writes anything. The note says how much is left; `gatepost targets show NAME` tells where each\n"
        "number comes from, and an option raises it where the cloud has raised it for you.",
        "the quotas that each cloud publishes, named in the target's manifest",
    ),
)
