"""JSON-LD, read by a processor without a network."""

from typing import Any, get_args

import orjson
from pyld import jsonld

from app.api.examples.answers import BY_SCHEMA
from app.query.schemas.citations import CitationEvidence
from app.query.schemas.entities import EntityOut
from app.query.schemas.items import ItemOut
from app.query.schemas.shared import EntityType
from app.query.schemas.taxonomy import SourceOut
from app.query.schemas.threads import ThreadOut
from app.render import linked_data

HOME = "https://kb.example"
SCHEMA = "https://schema.org/"
ITEM = ItemOut.model_validate(BY_SCHEMA["ItemOut"])
ENTITY = EntityOut.model_validate(BY_SCHEMA["EntityOut"])
SOURCE = SourceOut.model_validate(BY_SCHEMA["SourceOut"])
THREAD = ThreadOut.model_validate(BY_SCHEMA["ThreadOut"])


def no_network(url: str, options: Any) -> Any:
    raise AssertionError(f"{url} is fetched")


def expanded(thing: linked_data.Thing) -> dict[str, Any]:
    (node,) = jsonld.expand(
        orjson.loads(linked_data.document(thing)), {"documentLoader": no_network}
    )
    return dict(node)


def test_an_item_is_a_news_article() -> None:
    evidence = CitationEvidence("55a9", "daily", "zh-Hant", 84, 90)
    node = expanded(linked_data.item(ITEM, evidence, HOME))
    assert (node["@type"], node["@id"]) == ([f"{SCHEMA}NewsArticle"], f"{HOME}/v1/items/{ITEM.id}")
    assert node[f"{SCHEMA}headline"] == [{"@value": ITEM.title}]
    assert node[f"{SCHEMA}datePublished"] == [
        {"@type": f"{SCHEMA}Date", "@value": ITEM.date.isoformat()}
    ]
    assert node[f"{SCHEMA}isBasedOn"] == [{"@id": f"{HOME}/v1/documents/55a9#L84-90"}]
    kinds = [citation["@type"] for citation in node[f"{SCHEMA}citation"]]
    assert [f"{SCHEMA}ScholarlyArticle"] in kinds
    assert node[f"{SCHEMA}about"]


def test_an_entity_has_its_type() -> None:
    node = expanded(linked_data.entity(ENTITY, HOME))
    assert node["@type"] == [SCHEMA + linked_data.TYPES[ENTITY.type]]
    assert node[f"{SCHEMA}name"] == [{"@value": ENTITY.name}]
    assert set(linked_data.TYPES) == set(get_args(EntityType))
    named = {linked_data.TYPES[kind] for kind in ("org", "product", "concept")}
    assert named == {"Organization", "Product", "DefinedTerm"}


def test_a_paper_is_a_scholarly_article() -> None:
    paper = SOURCE.model_copy(update={"arxiv_id": "2512.17527"})
    node = expanded(linked_data.source(paper, HOME))
    assert node["@type"] == [f"{SCHEMA}ScholarlyArticle"]
    assert node[f"{SCHEMA}url"] == [{"@id": "https://arxiv.org/abs/2512.17527"}]
    page = SOURCE.model_copy(update={"arxiv_id": None})
    assert expanded(linked_data.source(page, HOME))["@type"] == [f"{SCHEMA}Article"]


def test_no_text_ends_the_script() -> None:
    hostile = ITEM.model_copy(update={"title": "</script><script>alert(1)</script><!--&"})
    html = linked_data.script(linked_data.item(hostile, None, HOME))
    inside = html.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert "<" not in inside
    assert orjson.loads(inside)["headline"] == hostile.title


def test_a_story_lists_its_articles_in_order() -> None:
    node = expanded(linked_data.story(THREAD, HOME))
    assert node["@id"] == f"{HOME}/v1/threads/{THREAD.id}"
    entries = node[f"{SCHEMA}itemListElement"]
    addresses = [entry[f"{SCHEMA}item"][0]["@id"] for entry in entries]
    assert addresses == [f"{HOME}/v1/items/{member.item.id}" for member in THREAD.members]
    assert [entry[f"{SCHEMA}position"][0]["@value"] for entry in entries] == [
        *range(1, len(addresses) + 1)
    ]
