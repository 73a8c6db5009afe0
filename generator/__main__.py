"""`python -m generator` is `gatepost`."""

from generator.cli.start import main

if __name__ == "__main__":
    main()
