"""Decisions on a draft: sources, mentions, ids."""

from datetime import date

from app.normalize.decide import (
    MAX_NAME_CHARS,
    DecidedBriefing,
    DecidedItem,
    DecidedSource,
    Knowledge,
    decide,
)
from app.normalize.editions import briefing_id
from app.normalize.entities.catalogue import Catalogue
from app.normalize.scan import NamedMention
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


def listed(decided_item: DecidedItem) -> list[NamedMention]:
    return [mention for mention in decided_item.mentions if mention.kind == "listed"]


def items_of(decided_briefing: DecidedBriefing) -> list[DecidedItem]:
    items: list[DecidedItem] = []
    for _, section_items in decided_briefing.sections:
        items.extend(section_items)
    return items


def ids_of(decided_briefing: DecidedBriefing) -> list[str]:
    return [decided_item.id for decided_item in items_of(decided_briefing)]


def test_the_id_of_a_briefing_is_its_day_and_channel() -> None:
    assert briefing_id("daily", date(2026, 1, 2), "daily") == "2026-01-02"
    assert briefing_id("weekly", date(2026, 1, 2), "daily") == "weekly:2026-01-02"


def test_item_ids_depend_only_on_day_title_and_repetition() -> None:
    first, second, third = ids_of(decided(item("A"), item("B"), item("A")))
    assert len({first, second, third}) == 3
    reordered = decided(item("B", "https://b.com/x"), item("A"), item("A"))
    assert ids_of(reordered) == [second, first, third]
    assert ids_of(decided(item("A"), channel="weekly"))[0] != first


def test_two_placeholders_are_two_sources() -> None:
    sources: list[DecidedSource] = []
    for decided_item in items_of(decided(item("A", "[x](#)", "[x](#)"), item("B", "[x](#)"))):
        sources.extend(decided_item.sources)
    assert [source.identity.status for source in sources] == ["placeholder"] * 3
    assert len({source.id for source in sources}) == 3


def test_one_article_is_one_source() -> None:
    first, second = items_of(
        decided(item("A", "https://a.com/x?utm_source=b"), item("B", "[x](http://a.com/x/)"))
    )
    assert first.sources[0].id == second.sources[0].id
    assert first.sources[0].target == "https://a.com/x?utm_source=b"


def test_a_composite_has_its_parts() -> None:
    (cell,) = listed(items_of(decided(item("A", entities="NVLink/NVSwitch")))[0])
    assert (cell.surface, cell.node, cell.method) == ("NVLink/NVSwitch", None, "composite")
    assert [(part.surface, part.node, part.method) for part in cell.parts] == [
        ("NVLink", "c:nvlink", "exact"),
        ("NVSwitch", "k:nvswitch", "new"),
    ]


def test_the_annotation_of_a_guess_becomes_a_flag() -> None:
    (cell,) = listed(items_of(decided(item("A", entities="ACMA（推）")))[0])
    assert (cell.surface, cell.node, cell.inferred) == ("ACMA（推）", "k:acma", True)


def test_one_part_may_be_a_guess() -> None:
    (cell,) = listed(items_of(decided(item("A", entities="ACMA（推）/Neo4j")))[0])
    assert [(part.surface, part.node, part.inferred) for part in cell.parts] == [
        ("ACMA（推）", "k:acma", True),
        ("Neo4j", "k:neo4j", False),
    ]


def test_a_cell_past_the_limit_names_nothing() -> None:
    cell = "字" * (MAX_NAME_CHARS + 1)
    (decided_item,) = items_of(decided(item("A", entities=cell)))
    (mention,) = listed(decided_item)
    assert (mention.surface, mention.node, mention.parts) == (cell, None, ())


def test_the_hash_depends_on_content_and_not_on_place() -> None:
    before = items_of(decided(item("A", "https://a.com/x"), item("B")))
    after = items_of(decided(item("B"), item("A", "https://a.com/x")))
    edited = items_of(decided(item("A", "https://a.com/y")))
    assert before[0].content_hash == after[1].content_hash
    assert before[0].content_hash != edited[0].content_hash


def test_a_reading_without_target_has_no_source() -> None:
    text = briefing(item("A"))
    text += "\n## 推薦閱讀\n\n- [A paper](https://arxiv.org/abs/2507.17860)\n- Only a title\n"
    readings = of_text(text).readings
    assert [source and source.identity.arxiv_id for source in readings] == ["2507.17860", None]


def test_a_mention_in_running_text_has_kind_field_and_span() -> None:
    text = briefing(
        item("NVIDIA 出貨", summary="千問與輝達合作，見 https://nvidia.com/qwen 。"), tags="[輝達]"
    )
    text += "\n## 編輯洞察\n\n### 總結\n\nNVIDIA 領先。\n\n**關注清單**：\n\n1. Qwen 的下一步\n"
    text += "\n## 延伸閱讀\n\n### 本日關鍵詞\n\n`NVIDIA GPU` `Qwen`\n"
    decided_briefing = of_text(text)
    mentions = [*items_of(decided_briefing)[0].mentions, *decided_briefing.mentions]
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
        span = mention.span
        assert text[span.start : span.end] == mention.surface
        assert mention.surface in text.splitlines()[span.first_line - 1]


def test_a_listed_name_is_found_in_the_rest_of_the_document() -> None:
    mentions: list[NamedMention] = []
    for decided_item in items_of(
        decided(item("Turb-L1 上線", entities="Turb-L1"), item("B", summary="沿用 Turb-L1。"))
    ):
        mentions.extend(decided_item.mentions)
    assert [(mention.kind, mention.node) for mention in mentions] == [
        ("listed", "k:turbl1"),
        ("title", "k:turbl1"),
        ("body", "k:turbl1"),
    ]


def test_a_spelling_of_a_curator_is_found_in_running_text() -> None:
    text = briefing(item("A", summary="黃家晶片大廠上漲。"))
    draft = parse_briefing(text.encode())
    decided_briefing = decide(draft, text, KNOWN, "daily", "daily", {"黃家晶片大廠": "c:nvidia"})
    (mention,) = items_of(decided_briefing)[0].mentions
    assert (mention.surface, mention.node) == ("黃家晶片大廠", "c:nvidia")


def test_names_that_a_document_equates_are_linked() -> None:
    decided_briefing = decided(item("A", entities="Generalized Zebra Averaging（GZA）、GZA"))
    assert [(link.left, link.right) for link in decided_briefing.links] == [
        ("k:gza", "k:generalizedzebraaveraging(gza)")
    ]


def assert_spans_are_exact(text: str) -> list[str]:
    surfaces: list[str] = []
    for decided_item in items_of(of_text(text)):
        for mention in decided_item.mentions:
            for part in (mention, *mention.parts):
                assert text[part.span.start : part.span.end] == part.surface
                surfaces.append(part.surface)
    return surfaces


def test_the_text_at_a_span_is_the_surface() -> None:
    cells = (
        "ROS2/FPGA、GraphQL/REST API、**NVIDIA**、`Qwen`、C\\#、AT&amp;T、輝\u200b達、NVLink（推）"
    )
    surfaces = assert_spans_are_exact(briefing(item("A", entities=cells)))
    for part in ("ROS2", "FPGA", "GraphQL", "REST API", "NVIDIA"):
        assert part in surfaces


def test_parts_of_a_composite_have_spans_of_their_own() -> None:
    text = briefing(item("A", entities="ROS2/FPGA"))
    (composite,) = listed(items_of(of_text(text))[0])
    first, second = composite.parts
    assert (first.surface, second.surface) == ("ROS2", "FPGA")
    assert first.span.end < second.span.start


def test_invisible_characters_are_inside_exact_spans() -> None:
    text = briefing(item("輝\u200b達發布新品"))
    titles = [m for m in items_of(of_text(text))[0].mentions if m.kind == "title"]
    assert [(m.surface, m.node) for m in titles] == [("輝\u200b達", "c:nvidia")]


def test_an_unknown_version_in_a_title_is_a_new_member() -> None:
    text = briefing(item("Qwen 9 發布", entities=""))
    titles = [m for m in items_of(of_text(text))[0].mentions if m.kind == "title"]
    assert [(m.surface, m.node) for m in titles] == [("Qwen 9", "k:qwen9")]


def test_a_short_version_is_one_entity_in_lists_and_in_text() -> None:
    known = Knowledge(
        Catalogue.from_records(
            [
                {"slug": "claude", "type": "model", "names": {"en": "Claude"}},
                {
                    "slug": "claude-sonnet-4",
                    "type": "model",
                    "names": {"en": "Claude Sonnet 4"},
                    "aliases": [{"name": "Sonnet 4", "kind": "spelling", "lang": "en"}],
                    "family": "claude",
                },
            ]
        )
    )
    text = briefing(item("Claude Sonnet 9 發布", entities="Sonnet 9"))
    (only,) = items_of(decide(parse_briefing(text.encode()), text, known, "daily", "daily"))
    assert {mention.node for mention in only.mentions} == {"k:claudesonnet9"}
