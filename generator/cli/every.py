"""The command line with all its commands at once, for programs that look at them."""

from generator.cli.app import make_app

app = make_app()
