"""Items as shapes."""

import pytest

from app.errors import NotFound
from app.query import items
from app.query.request.item_params import ItemList
from app.query.schemas.items import ItemOut
from app.store.db import Database
from tests import shapes
from tests.documents import NEWER, OLDER, SEEDS, headings, lines


def everything(database: Database, day: str | None = None, **parameters: object) -> list[ItemOut]:
    query = ItemList.model_validate(
        {"limit": 100, "include": "details,entities,sources,extra,echoes", "from": day, "to": day}
        | parameters
    )
    with database.read() as session:
        return shapes.items(items.find(session, query, None))


def test_an_item_as_a_reader_finds_it(seeded: Database) -> None:
    answer = next(
        public for public in everything(seeded, NEWER) if public.title.startswith("SGLang")
    )
    assert answer.title == "SGLang 原生支援昇騰：大模型推理一鍵啟動 DeepSeek/Qwen/GLM"
    assert (
        answer.kind,
        answer.position,
        answer.parent,
        answer.section.kind,
        answer.section.position,
    ) == (
        "full",
        5,
        None,
        "headlines",
        1,
    )
    assert answer.summary
    assert answer.summary.startswith("SGLang 推理引擎已將華為昇騰（Ascend）納入原生後端")
    assert answer.importance
    assert (answer.importance.level, answer.importance.label) == ("high", "高")
    assert (
        answer.importance.reason
        == "把主流開源推理引擎與本土硬體深度打通，是國產算力生態成熟的關鍵一步。"
    )
    assert [named.surface for named in answer.entities if named.listed] == [
        "SGLang",
        "昇騰 Ascend",
        "DeepSeek",
        "Qwen",
        "GLM",
        "推理引擎",
        "高並發推理",
    ]
    assert [
        (s.label, s.target, s.publisher.name if s.publisher else None) for s in answer.sources
    ] == [("量子位報導", "https://www.qbitai.com/2025/12/363560.html", "量子位")]
    pains = answer.details.technical[2]
    assert pains.text.startswith("工程痛點")
    assert [child.text for child in pains.children] == [
        "高並發請求與隊列調度。",
        "長上下文與多輪對話的 KV cache 管理。",
        "在金融 agent 任務中維持生成的一致性與可重放性。",
    ]
    assert answer.lines.first == 111
    assert answer.links.self == f"/v1/items/{answer.id}"


def test_a_composite_links_to_its_parts(seeded: Database) -> None:
    answer = next(
        public for public in everything(seeded, OLDER) if public.title.startswith("NVIDIA GPU")
    )
    cell = next(named for named in answer.entities if named.surface == "NVLink/NVSwitch")
    assert cell.entity is None
    assert [part.surface for part in cell.parts] == ["NVLink", "NVSwitch"]
    assert all(part.entity for part in cell.parts)


@pytest.mark.parametrize("day", [NEWER, OLDER])
def test_the_order_is_the_documents(seeded: Database, day: str) -> None:
    titles = [public.title for public in everything(seeded, day) if public.kind != "bullet"]
    assert titles == [heading for heading in headings(day, 3) if heading in titles]


@pytest.mark.parametrize("day", [NEWER, OLDER])
def test_every_passage_is_the_documents_own(seeded: Database, day: str) -> None:
    text = SEEDS[day].decode()
    with seeded.read() as session:
        for public in everything(seeded, day):
            place = items.passage(session, public.id)
            assert place.text == text[place.start : place.end]
            assert public.title in place.text
            assert (place.lines, place.briefing) == (public.lines, day)
            assert place.text.splitlines() == lines(day)[place.lines.first : place.lines.last + 1]


def test_lists_leave_out_parts_that_are_not_included(seeded: Database) -> None:
    query = ItemList.model_validate({"limit": 1, "include": "sources"})
    with seeded.read() as session:
        data = shapes.items(items.find(session, query, None))[0].model_dump(exclude_unset=True)
    assert "sources" in data
    assert not {"details", "entities", "extra"} & set(data)


def test_one(seeded: Database) -> None:
    listed = everything(seeded, NEWER)[0]
    with seeded.read() as session:
        assert ItemOut.model_validate_json(items.one(session, listed.id, None)) == listed
        with pytest.raises(NotFound, match="There is no item 'i_none'"):
            items.one(session, "i_none", None)
        with pytest.raises(NotFound):
            items.passage(session, "i_none")


def test_hedges_of_an_item_have_their_position(seeded: Database) -> None:
    answer = [
        public for day in (NEWER, OLDER) for public in everything(seeded, day, include="certainty")
    ]
    claims = [(public, claim) for public in answer for claim in public.certainty]
    assert len(claims) == 37
    for public, claim in claims:
        document = SEEDS[public.date.isoformat()].decode()
        assert document[claim.start : claim.end] == claim.surface
        assert document.count("\n", 0, claim.start) + 1 == claim.line
        assert public.lines.first <= claim.line <= public.lines.last
        assert claim.surface in claim.text
    musa = next(public for public in answer if public.title.startswith("摩爾線程 MUSA"))
    assert [(claim.kind, claim.field, claim.surface) for claim in musa.certainty] == [
        ("claimed", "summary", "宣稱"),
        ("claimed", "details.technical", "宣稱"),
        ("undisclosed", "details.technical", "未披露"),
    ]
    twitch = next(public for public in answer if "Twitch" in public.title)
    assert [(claim.kind, claim.field, claim.surface) for claim in twitch.certainty] == [
        ("guessed", "entities", "（推）")
    ]
