"""Small inputs whose hits must be right: names, numbers, variants and addresses."""

import pytest
from sqlmodel import Session

from app.query import items, search
from app.query.entities import lists as entity_lists
from app.query.request.entity_params import EntityList
from app.query.request.item_params import ItemList, SearchList
from app.store.db import Database
from tests import shapes
from tests.conftest import ENGINES, filled, take_in
from tests.documents import briefing, item


def item_titles(session: Session, q: str) -> list[str]:
    listing = items.find(session, ItemList(q=q), None)
    return sorted(entry.title for entry in shapes.items(listing))


def entity_names(session: Session, q: str, **parameters: object) -> list[str]:
    query = EntityList.model_validate({"q": q, **parameters})
    return [entry.name for entry in entity_lists.find(session, query, None).entries]


def first_hit(session: Session, q: str) -> tuple[str, str]:
    hit = shapes.hits(search.find(session, SearchList(q=q), None))[0]
    return hit.type, hit.title


VARIANTS = [
    ("隨著", "随着", "隨着"),
    ("意味著", "意味着"),
    ("瞭解", "了解"),
    ("計畫", "计划", "計劃"),
    ("附著", "附着"),
    ("衛星", "卫星", "衞星"),
    ("裡面", "裏面", "里面"),
    ("臺積", "台積", "台积"),
    ("敘述", "敍述", "叙述"),
    ("群眾", "羣眾", "群众"),
    ("麵包", "麪包", "面包"),
    ("啟動", "啓動", "启动"),
]


def test_variants_find_each_other_in_every_direction(database: Database) -> None:
    titles = []
    for number, written in enumerate(VARIANTS):
        titles += [f"題{chr(97 + number)}：甲{word}乙" for word in written]
    take_in(database, briefing(*map(item, titles)))
    with database.read() as session:
        for number, written in enumerate(VARIANTS):
            expected = sorted(f"題{chr(97 + number)}：甲{word}乙" for word in written)
            for word in written:
                assert item_titles(session, word) == expected, word


def test_highlights_mark_the_variant_as_it_was_written(database: Database) -> None:
    take_in(database, briefing(item("衞星與衛星，計畫")))
    with database.read() as session:
        for q, marks in (("卫星", ["衞星", "衛星"]), ("计划", ["計畫"])):
            (entry,) = shapes.items(items.find(session, ItemList(q=q), None))
            assert entry.match
            spans = entry.match.highlights[0].spans
            assert [entry.title[span.start : span.end] for span in spans] == marks
            assert all("script" in span.folded for span in spans)


VERSIONS = ["Qwen3.8 發佈", "Qwen 3.8 發佈", "Qwen-3.8 發佈", "qwen3.8-27B 開源"]
OTHERS = ["Qwen3.5 降價 3.8 折", "Qwen 預告", "3.8 節"]
VERSIONED = briefing(
    *map(item, [*VERSIONS, *OTHERS]),
    item("家族", entities="Qwen3.8 / Qwen3.8-27B / Qwen3.5 / Qwen"),
)


@pytest.fixture(params=ENGINES)
def versioned(request: pytest.FixtureRequest) -> Database:
    """A database with `VERSIONED`. Shared: read only."""
    return filled(request.param, VERSIONED)


@pytest.mark.parametrize("q", ["Qwen3.8", "Qwen 3.8", "qwen-3.8", "ＱＷＥＮ３．８"])
def test_a_name_is_found_with_and_without_space(versioned: Database, q: str) -> None:
    with versioned.read() as session:
        hits = [title for title in item_titles(session, q) if title != "家族"]
        assert hits == sorted(VERSIONS)
        assert entity_names(session, q)[0] == "Qwen3.8"


def test_a_family_is_found_by_its_name(database: Database) -> None:
    names = ["Qwen3.8", "Qwen3.8-27B", "Qwen-Image", "Qwen2.5-VL", "Qwen"]
    take_in(database, briefing(item("家族", entities=" / ".join(names))))
    with database.read() as session:
        for q in ("qwen", "Qwen", "qw"):
            assert set(entity_names(session, q)) >= set(names), q
        assert entity_names(session, "qwen")[0] == "Qwen"


NUMBERS = ["Qwen3.8", "共 3.8%", "GPT-5.5", "GPT-5", "8 倍", "Pro-8", "1,000 台", "1000 台"]
NUMBERS += ["27 B", "27B 模型", "H100", "H 100", "h-100", "Gemini 2.5.1"]


@pytest.fixture(params=ENGINES)
def numbered(request: pytest.FixtureRequest) -> Database:
    """A database with an item for each of `NUMBERS`. Shared: read only."""
    return filled(request.param, briefing(*map(item, NUMBERS)))


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("8", ["8 倍", "Pro-8"]),
        ("5", ["GPT-5"]),
        ("3", []),
        ("3.8", ["Qwen3.8", "共 3.8%"]),
        ("5.5", ["GPT-5.5"]),
        ("1000", ["1,000 台", "1000 台"]),
        ("1", []),
        ("000", []),
        ("27B", ["27 B", "27B 模型"]),
        ("H100", ["H 100", "H100", "h-100"]),
        ("2.5*", ["Gemini 2.5.1"]),
    ],
)
def test_numbers_do_not_match_inside_others(
    numbered: Database, q: str, expected: list[str]
) -> None:
    with numbered.read() as session:
        assert item_titles(session, q) == sorted(expected)


ADDRESS = "[報導](https://www.theverge.com/2026/deepseek-https/com?ref=8)"


@pytest.fixture(params=ENGINES)
def linked(request: pytest.FixtureRequest) -> Database:
    """A database with one item that has the source `ADDRESS`. Shared: read only."""
    return filled(request.param, briefing(item("新聞", ADDRESS)))


@pytest.mark.parametrize(
    ("q", "is_hit"),
    [
        ("https", False),
        ("com", False),
        ("www", False),
        ("deepseek", False),
        ("8", False),
        ("2026", False),
        ("theverge", False),
        ("ref", False),
        ('"https"', True),
        ('"theverge com"', True),
        ("theverge.com", True),
        ("theverge.com/2026", True),
        ("https://www.theverge.com/2026/deepseek-https/com", True),
        ("site:theverge.com", True),
        ("site:www.theverge.com", True),
        ("site:https://www.theverge.com/2026", True),
        ("site:com", True),
        ("site:verge.com", False),
        ("site:theverge.com/2025", False),
        ("新聞 site:theverge.com", True),
        ("新聞 -site:theverge.com", False),
        ("新聞 -site:example.com", True),
    ],
)
def test_addresses_match_only_if_asked_for(linked: Database, q: str, is_hit: bool) -> None:
    with linked.read() as session:
        assert item_titles(session, q) == ["新聞"] * is_hit
        hits = shapes.hits(search.find(session, SearchList(q=q, type=["sources"]), None))
        assert bool(hits) == (is_hit and "新聞" not in q)


def test_the_entity_named_exactly_so_comes_first(database: Database) -> None:
    names = ("Agent", "AgentBench", "New Agent", "NVIDIA", "NVIDIA TensorRT", "Deep Cogito")
    used = [f"{name} 更新" for name in names[1:]]
    take_in(
        database,
        briefing(
            item("Agent 與 agent", entities=" / ".join(names)),
            *[item(f"{title} agent nvidia", entities=title[:-3]) for title in used],
            *[item(f"{title} 再一則", entities=title[:-3]) for title in used],
        ),
    )
    with database.read() as session:
        for q, name in (
            ("agent", "Agent"),
            ("NVIDIA", "NVIDIA"),
            ("nvidia", "NVIDIA"),
            ("輝達", "NVIDIA"),
            ("deepcogito", "Deep Cogito"),
            ("new-agent", "New Agent"),
        ):
            assert entity_names(session, q)[0] == name, q
            assert entity_names(session, q, sort="relevance")[0] == name, q
            if q != "deepcogito":
                assert first_hit(session, q) == ("entity", name), q


def test_names_that_begin_with_the_words_come_second(database: Database) -> None:
    names = ("Zeta", "Zeta Nova", "Big Zeta")
    entries = [item(f"{number}", entities="Big Zeta") for number in range(3)]
    take_in(database, briefing(item("甲", entities=" / ".join(names)), *entries))
    with database.read() as session:
        assert entity_names(session, "zeta") == ["Zeta", "Zeta Nova", "Big Zeta"]
        assert entity_names(session, "zeta", sort="-mentions")[0] == "Big Zeta"
        walked: list[str] = []
        cursor: str | None = None
        for _ in names:
            query = EntityList(q="zeta", limit=1, cursor=cursor)
            listing = entity_lists.find(session, query, None)
            walked += [entry.name for entry in listing.entries]
            cursor = listing.rows.next_cursor
        assert walked == ["Zeta", "Zeta Nova", "Big Zeta"]
        assert cursor is None


PREFIXES = {"nvid": "NVIDIA", "NVIDI": "NVIDIA", "tens": "TensorRT", "anthr": "Anthropic"}
PREFIXES |= {"hugging fa": "Hugging Face", "gpt-5": "GPT-5.5"}


@pytest.fixture(params=ENGINES)
def prefixed(request: pytest.FixtureRequest) -> Database:
    """A database with an item that names the entities of `PREFIXES`. Shared: read only."""
    names = sorted(set(PREFIXES.values()))
    return filled(request.param, briefing(item("乙", entities=" / ".join(names))))


@pytest.mark.parametrize(("q", "name"), PREFIXES.items())
def test_a_prefix_of_a_name_needs_no_star(prefixed: Database, q: str, name: str) -> None:
    with prefixed.read() as session:
        assert entity_names(session, q)[0] == name
        assert first_hit(session, q) == ("entity", name)
        # Items keep to whole words: a prefix of text takes a star.
        counts = search.find(session, SearchList(q=q), None).extra["counts"]
        assert counts["items"] == 0
