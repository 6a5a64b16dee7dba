"""CSL-JSON 1.0.2. Pure."""

from collections.abc import Iterable
from typing import Any

import orjson

from app.render.citations.citation import CitedWork

_TYPES = {"web": "webpage", "paper": "article", "entity": "entry-encyclopedia"}


def csl(citations: Iterable[CitedWork]) -> bytes:
    """Return citations as a CSL-JSON array."""
    return orjson.dumps([csl_item(citation) for citation in citations])


def csl_item(citation: CitedWork) -> dict[str, Any]:
    """Return a citation as a CSL-JSON item; names are those of organisations."""
    accessed = citation.accessed
    item: dict[str, Any] = {
        "id": citation.key,
        "type": _TYPES[citation.kind],
        "title": citation.title,
        "URL": citation.url,
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
        "note": citation.note,
    }
    if citation.author:
        item["author"] = [{"literal": citation.author}]
    if citation.container:
        item["container-title"] = citation.container
    if citation.issued:
        item["issued"] = {"date-parts": [list(citation.issued)]}
    if citation.arxiv_id:
        item["number"] = f"arXiv:{citation.arxiv_id}"
        item["archive"] = "arXiv"
        item["archive_location"] = citation.arxiv_id
    elif citation.document:
        item["archive"] = citation.document
    if citation.version:
        item["version"] = f"sha256:{citation.version}"
    if citation.lines:
        item["locator"] = citation.lines
    if citation.language:
        item["language"] = citation.language
    return item
