"""Foreign rules into one model: what a firewall, a table or a cloud's group says about who may connect.

A reader understands one format. What it doesn't understand it says, as a finding with the rule, and keeps the rule with that doubt: the
verdict about the addresses it touches is then unknown, never a guess.
"""
