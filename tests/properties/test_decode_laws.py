import json
from typing import Literal, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.decode import decode_connector, decode_site
from generator.decode.full import read_fully
from generator.decode.shortcut import read_shortly
from generator.diagnostics import Report
from generator.models import ConnectorModel, SiteModel
from generator.schema import document_schema
from generator.source import parse_yaml
from tests.properties.mutations import DOCUMENTS, damaged
from tests.support.documents import make_source

Kind = Literal["site", "connector"]
kinds = pytest.mark.parametrize("kind", ["site", "connector"])
DECODERS = {"site": decode_site, "connector": decode_connector}
SCHEMAS = {
    kind: jsonschema.Draft202012Validator(document_schema(kind), format_checker=jsonschema.FormatChecker()) for kind in get_args(Kind)
}
MODELS = {"site": SiteModel, "connector": ConnectorModel}


@kinds
@given(data=st.data())
def test_the_json_schema_refuses_what_the_decoder_refuses_and_nothing_else(kind: Kind, data: st.DataObject) -> None:
    text = data.draw(damaged(DOCUMENTS[kind]))
    report = Report()
    DECODERS[kind](make_source(text), report)

    assert report.has_errors == (not SCHEMAS[kind].is_valid(json.loads(text))), report.findings


@kinds
@given(data=st.data())
def test_the_shortcut_and_pydantic_agree(kind: Kind, data: st.DataObject) -> None:
    root = parse_yaml(make_source(data.draw(damaged(DOCUMENTS[kind]))), Report())
    assert root is not None
    report = Report()

    model: object = read_fully(root, MODELS[kind], report)
    assert read_shortly(root, MODELS[kind]) == (None if report.has_errors else model)


@kinds
@given(data=st.data())
def test_one_place_has_one_finding(kind: Kind, data: st.DataObject) -> None:
    report = Report()
    DECODERS[kind](make_source(data.draw(damaged(DOCUMENTS[kind]))), report)
    places = [
        (finding.span, finding.message if finding.code == "SCH002" else "") for finding in report.findings if finding.code != "SCH015"
    ]

    assert len(set(places)) == len(places), report.findings
