from datetime import date

from app.normalize.decide import MAX_NAME, DecidedBriefing, DecidedItem, briefing_id, decide
from app.parse.briefing import parse_briefing
from tests.samples import briefing, item


def decided(*items: str, channel: str = "daily", **front: str) -> DecidedBriefing:
    return decide(parse_briefing(briefing(*items, **front).encode()), channel, "daily")


def items_of(found: DecidedBriefing) -> list[DecidedItem]:
    return [one for _, held in found.sections for one in held]


def test_a_briefing_goes_by_its_day() -> None:
    assert briefing_id("daily", date(2026, 1, 2), "daily") == "2026-01-02"
    assert briefing_id("weekly", date(2026, 1, 2), "daily") == "weekly:2026-01-02"


def test_ids_depend_on_day_title_and_repetition_alone() -> None:
    one, two, three = (one.id for one in items_of(decided(item("A"), item("B"), item("A"))))
    assert len({one, two, three}) == 3
    assert [one.id for one in items_of(decided(item("B", "https://b.com/x"), item("A"), item("A")))] == [two, one, three]
    assert items_of(decided(item("A"), channel="weekly"))[0].id != one


def test_two_placeholders_are_two_sources() -> None:
    found = [source for one in items_of(decided(item("A", "[x](#)", "[x](#)"), item("B", "[x](#)"))) for source in one.sources]
    assert [source.identity.status for source in found] == ["placeholder"] * 3
    assert len({source.id for source in found}) == 3


def test_one_article_is_one_source() -> None:
    one, two = items_of(decided(item("A", "https://a.com/x?utm_source=b"), item("B", "[x](http://a.com/x/)")))
    assert one.sources[0].id == two.sources[0].id
    assert one.sources[0].target == "https://a.com/x?utm_source=b"


def test_a_composite_is_a_cell_and_its_parts() -> None:
    (cell,) = items_of(decided(item("A", names="NVLink/NVSwitch")))[0].mentions
    assert (cell.surface, cell.key, cell.method) == ("NVLink/NVSwitch", None, "composite")
    assert [(part.name, part.key, part.method) for part in cell.parts] == [("NVLink", "nvlink", "part"), ("NVSwitch", "nvswitch", "part")]


def test_a_guess_loses_its_mark_and_keeps_the_flag() -> None:
    (cell,) = items_of(decided(item("A", names="ACMA（推）")))[0].mentions
    assert (cell.surface, cell.name, cell.key, cell.inferred) == ("ACMA（推）", "ACMA", "acma", True)


def test_a_part_may_be_a_guess_alone() -> None:
    (cell,) = items_of(decided(item("A", names="ACMA（推）/Neo4j")))[0].mentions
    assert [(part.surface, part.name, part.key, part.inferred) for part in cell.parts] == [
        ("ACMA（推）", "ACMA", "acma", True),
        ("Neo4j", "Neo4j", "neo4j", False),
    ]


def test_a_sentence_names_nobody() -> None:
    mentions = [one for held in items_of(decided(item("A", names="字" * (MAX_NAME + 1)))) for one in held.mentions]
    assert all(one.key is None and not one.parts for one in mentions)


def test_the_hash_is_of_what_an_item_says_not_of_where() -> None:
    one = items_of(decided(item("A", "https://a.com/x"), item("B")))
    two = items_of(decided(item("B"), item("A", "https://a.com/x")))
    assert one[0].content_hash == two[1].content_hash
    assert one[0].content_hash != items_of(decided(item("A", "https://a.com/y")))[0].content_hash


def test_readings_without_target_have_no_source() -> None:
    text = briefing(item("A")) + "\n## 推薦閱讀\n\n- [A paper](https://arxiv.org/abs/2507.17860)\n- Only a title\n"
    found = decide(parse_briefing(text.encode()), "daily", "daily")
    assert [source and source.identity.arxiv_id for source in found.readings] == ["2507.17860", None]
