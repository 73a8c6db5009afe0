"""Vendors' lists for machines: reading them, pinning what they say in the lock, telling what changed. The only code that goes online."""
