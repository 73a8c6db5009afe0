"""The entry point of the command `gatepost`."""

import gc


def main() -> None:
    """Run the command line without the garbage collector.

    A run is short and makes few cycles; importing, and 100,000 prefixes, make the collector run for nothing.
    """
    gc.disable()
    from generator.cli.app import run  # after the line above, which is what this module is for

    try:
        run()
    finally:
        gc.freeze()  # or the interpreter looks at every object once more before it ends: a tenth of a small render
