"""`gatepost merge`: the user's own backup of a firewall with only a site's objects changed, every other byte as it was.

A backup is a secret. What reads it tells places, never content; what writes it lets nobody else read.
"""

from generator.merge.backup import Backup, begins_like_backup, is_backup, load_backup
from generator.merge.layout import LAYOUTS, Document, Layout, recognise
from generator.merge.merging import Counts, Merged, merge_objects
from generator.merge.objects import Owner, Wanted, read_fragment
from generator.merge.output import check_output, write_output

__all__ = [
    "LAYOUTS",
    "Backup",
    "Counts",
    "Document",
    "Layout",
    "Merged",
    "Owner",
    "Wanted",
    "begins_like_backup",
    "check_output",
    "is_backup",
    "load_backup",
    "merge_objects",
    "read_fragment",
    "recognise",
    "write_output",
]
