"""What a person asks about a plan: who gets in and why, and what to do at the vendor. Pure."""
