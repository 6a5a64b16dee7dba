"""Parameters of citations."""

from typing import get_args

from app.query.request.citation_params import CITATION_FORMATS, CitationFormat, CitedList


def test_a_list_takes_every_format() -> None:
    assert get_args(CitationFormat) == CITATION_FORMATS
    for format_ in CITATION_FORMATS:
        assert CitedList(format=format_).format == format_
