"""The command line: options in, one library call, findings and results out. Nothing here knows about networks."""
