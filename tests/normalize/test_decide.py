from datetime import date

from app.normalize.decide import (
    MAX_NAME_CHARS,
    DecidedBriefing,
    DecidedItem,
    Knowledge,
    NamedMention,
    briefing_id,
    decide,
)
from app.normalize.entities.catalogue import Catalogue
from app.parse.briefing import parse_briefing
from tests.documents import briefing, item

KNOWN = Knowledge(
    Catalogue.from_records(
        [
            {"slug": "nvidia", "type": "org", "names": {"en": "NVIDIA", "zh-Hant": "輝達"}},
            {"slug": "qwen", "type": "model", "names": {"en": "Qwen", "zh-Hant": "千問"}},
            {"slug": "nvlink", "type": "product", "names": {"en": "NVLink"}},
        ]
    )
)


def of_text(text: str, channel: str = "daily") -> DecidedBriefing:
    return decide(parse_briefing(text.encode()), text, KNOWN, channel, "daily")


def decided(*items: str, channel: str = "daily", **front: str) -> DecidedBriefing:
    return of_text(briefing(*items, **front), channel)


def listed(one: DecidedItem) -> list[NamedMention]:
    return [mention for mention in one.mentions if mention.kind == "listed"]


def items_of(found: DecidedBriefing) -> list[DecidedItem]:
    return [one for _, held in found.sections for one in held]


def test_a_briefing_goes_by_its_day() -> None:
    assert briefing_id("daily", date(2026, 1, 2), "daily") == "2026-01-02"
    assert briefing_id("weekly", date(2026, 1, 2), "daily") == "weekly:2026-01-02"


def test_ids_depend_on_day_title_and_repetition_alone() -> None:
    one, two, three = (one.id for one in items_of(decided(item("A"), item("B"), item("A"))))
    assert len({one, two, three}) == 3
    assert [
        one.id for one in items_of(decided(item("B", "https://b.com/x"), item("A"), item("A")))
    ] == [two, one, three]
    assert items_of(decided(item("A"), channel="weekly"))[0].id != one


def test_two_placeholders_are_two_sources() -> None:
    found = [
        source
        for one in items_of(decided(item("A", "[x](#)", "[x](#)"), item("B", "[x](#)")))
        for source in one.sources
    ]
    assert [source.identity.status for source in found] == ["placeholder"] * 3
    assert len({source.id for source in found}) == 3


def test_one_article_is_one_source() -> None:
    one, two = items_of(
        decided(item("A", "https://a.com/x?utm_source=b"), item("B", "[x](http://a.com/x/)"))
    )
    assert one.sources[0].id == two.sources[0].id
    assert one.sources[0].target == "https://a.com/x?utm_source=b"


def test_a_composite_is_a_cell_and_its_parts() -> None:
    (cell,) = listed(items_of(decided(item("A", entities="NVLink/NVSwitch")))[0])
    assert (cell.surface, cell.node, cell.method) == ("NVLink/NVSwitch", None, "composite")
    assert [(part.surface, part.node, part.method) for part in cell.parts] == [
        ("NVLink", "c:nvlink", "exact"),
        ("NVSwitch", "k:nvswitch", "new"),
    ]


def test_a_guess_loses_its_mark_and_keeps_the_flag() -> None:
    (cell,) = listed(items_of(decided(item("A", entities="ACMA（推）")))[0])
    assert (cell.surface, cell.node, cell.inferred) == ("ACMA（推）", "k:acma", True)


def test_a_part_may_be_a_guess_alone() -> None:
    (cell,) = listed(items_of(decided(item("A", entities="ACMA（推）/Neo4j")))[0])
    assert [(part.surface, part.node, part.inferred) for part in cell.parts] == [
        ("ACMA（推）", "k:acma", True),
        ("Neo4j", "k:neo4j", False),
    ]


def test_a_sentence_names_nobody() -> None:
    mentions = [
        one
        for held in items_of(decided(item("A", entities="字" * (MAX_NAME_CHARS + 1))))
        for one in held.mentions
    ]
    assert all(one.node is None and not one.parts for one in mentions)


def test_the_hash_is_of_what_an_item_says_not_of_where() -> None:
    one = items_of(decided(item("A", "https://a.com/x"), item("B")))
    two = items_of(decided(item("B"), item("A", "https://a.com/x")))
    assert one[0].content_hash == two[1].content_hash
    assert one[0].content_hash != items_of(decided(item("A", "https://a.com/y")))[0].content_hash


def test_readings_without_target_have_no_source() -> None:
    text = (
        briefing(item("A"))
        + "\n## 推薦閱讀\n\n- [A paper](https://arxiv.org/abs/2507.17860)\n- Only a title\n"
    )
    found = of_text(text)
    assert [source and source.identity.arxiv_id for source in found.readings] == [
        "2507.17860",
        None,
    ]


def test_names_in_running_text_have_their_kind_field_and_place() -> None:
    text = briefing(
        item("NVIDIA 出貨", summary="千問與輝達合作，見 https://nvidia.com/qwen 。"), tags="[輝達]"
    )
    text += "\n## 編輯洞察\n\n### 總結\n\nNVIDIA 領先。\n\n**關注清單**：\n\n1. Qwen 的下一步\n\n## 延伸閱讀\n\n### 本日關鍵詞\n\n`NVIDIA GPU` `Qwen`\n"
    found = of_text(text)
    mentions = [*items_of(found)[0].mentions, *found.mentions]
    assert {(m.kind, m.field, m.surface, m.node) for m in mentions} == {
        ("title", "title", "NVIDIA", "c:nvidia"),
        ("body", "summary", "千問", "c:qwen"),
        ("body", "summary", "輝達", "c:nvidia"),
        ("tag", "tags", "輝達", "c:nvidia"),
        ("insight", "insight.text", "NVIDIA", "c:nvidia"),
        ("watchlist", "watchlist", "Qwen", "c:qwen"),
        ("keyword", "keywords", "NVIDIA", "c:nvidia"),
        ("keyword", "keywords", "Qwen", "c:qwen"),
    }
    for mention in mentions:
        assert text[mention.span.start : mention.span.end] == mention.surface
        assert text.splitlines()[mention.span.first_line - 1].find(mention.surface) >= 0


def test_what_a_document_lists_is_found_in_the_rest_of_it() -> None:
    found = items_of(
        decided(item("Turb-L1 上線", entities="Turb-L1"), item("B", summary="沿用 Turb-L1。"))
    )
    assert [(m.kind, m.node) for one in found for m in one.mentions] == [
        ("listed", "k:turbl1"),
        ("title", "k:turbl1"),
        ("body", "k:turbl1"),
    ]


def test_names_a_document_says_are_one_are_linked() -> None:
    found = decided(item("A", entities="Generalized Zebra Averaging（GZA）、GZA"))
    assert [(link.left, link.right) for link in found.links] == [
        ("k:gza", "k:generalizedzebraaveraging(gza)")
    ]
