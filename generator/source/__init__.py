"""Input files to values that know their place: text without surprises, nodes with spans. The only package that knows the YAML library."""

from generator.source.files import MAX_BYTES, SourceFile, read_source
from generator.source.nodes import Entry, Mapping, Node, Plain, Scalar, Sequence, resolve_scalar, to_data
from generator.source.reader import parse_yaml
from generator.source.words import quoted

__all__ = [
    "MAX_BYTES",
    "Entry",
    "Mapping",
    "Node",
    "Plain",
    "Scalar",
    "Sequence",
    "SourceFile",
    "parse_yaml",
    "quoted",
    "read_source",
    "resolve_scalar",
    "to_data",
]
