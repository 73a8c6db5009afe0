"""The real mail server against what a connector requires."""
