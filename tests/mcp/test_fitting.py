"""Answers stay within their bound, however long the texts and addresses of a document are."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import orjson
import pytest

from app.mcp import fitting, lists, things, tools
from app.mcp.arguments import MAX_TOKENS, MIN_TOKENS
from app.mcp.citing import Asked
from app.mcp.tokens import tokens
from app.store.db import Database
from app.store.migrations import migrate
from tests.conftest import take_in
from tests.documents import document, item

HOME = "https://kb.example/" + "p" * 60
ADDRESS = "https://news.example/" + "a" * 1_900
NAME = "實體" * 60
TEXT = '漢字𠮷😀"\\' * 300


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., bytes]]:
    """A function that calls a tool over two days of long texts."""
    path = tmp_path_factory.mktemp("long") / "long.db"
    with closing(Database(f"sqlite:///{path}")) as database:
        migrate(database)
        for day in ("2026-01-02", "2026-01-03"):
            take_in(database, long_document(day), f"{day}.md")
        with database.read() as session:
            asked = Asked(session, HOME, "daily")
            yield lambda name, **values: tools.call(asked, name, values)


def long_document(day: str) -> str:
    items = []
    for number in range(3):
        links = [f"[{'標' * 200}]({ADDRESS}{day}{number}{link})" for link in range(4)]
        names = "、".join(["NVIDIA", "OpenAI", *(f"{NAME}{name}" for name in range(4))])
        title = f"{number}{'題' * 300}"
        items.append(item(title, *links, summary=TEXT, entities=names, importance="高 — " + TEXT))
    return document(day, *items, title="簡" * 300)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("headlines", {"detail": "full"}),
        ("search", {"query": "題"}),
        ("get_item", {"id": "FIRST"}),
        ("entity_profile", {"entity": "NVIDIA", "detail": "full"}),
        ("entity_profile", {"entity": f"{NAME}0", "detail": "full"}),
        ("compare", {"entities": ["NVIDIA", f"{NAME}0"], "interval": "day"}),
        ("related", {"entity": "NVIDIA"}),
        ("digest", {"days": 2}),
        ("annotate", {"text": f"NVIDIA、{NAME}0、OpenAI"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("bound", [MIN_TOKENS, 2 * MIN_TOKENS])
def test_a_walk_stays_within_the_bound(
    call: Callable[..., bytes], name: str, values: dict[str, Any], bound: int
) -> None:
    first = orjson.loads(call("headlines"))["entries"][0]["id"]
    asked = {key: first if value == "FIRST" else value for key, value in values.items()}
    entries = 0
    answer: dict[str, Any] = {"next_cursor": None}
    while "next_cursor" in answer:
        body = call(name, **asked, max_tokens=bound, cursor=answer["next_cursor"])
        assert tokens(body) <= bound
        answer = orjson.loads(body)
        entries += answer["shown"]
    assert entries == answer["total"] > 0


def test_an_address_is_whole_or_absent(call: Callable[..., bytes]) -> None:
    first = orjson.loads(call("headlines"))["entries"][0]["id"]
    full = orjson.loads(call("get_item", id=first, max_tokens=30_000))
    assert [len(source["url"]) > 1_900 for source in full["item"]["sources"]] == [True] * 4
    cut = orjson.loads(call("get_item", id=first, max_tokens=MIN_TOKENS))
    assert "url" not in cut["item"]["sources"][0]
    assert cut["item"]["sources"][0]["id"] == full["item"]["sources"][0]["id"]
    assert cut["cite"] == full["cite"]
    assert "addresses are left out" in cut["cut"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("search", {"query": "NVIDIA"}),
        ("headlines", {}),
        ("entity_profile", {"entity": "NVIDIA"}),
        ("related", {"entity": "NVIDIA"}),
    ],
    ids=str,
)
def test_a_list_is_asked_for_once_and_goes_on_where_it_was_cut(
    call: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    values: dict[str, Any],
) -> None:
    whole = orjson.loads(call(name, **values, max_tokens=MAX_TOKENS))
    limits = []
    fitted = fitting.fitted

    def counted(shape: Any, head: Any, walk: fitting.Walk, arguments: Any) -> bytes:
        def walked(limit: int) -> fitting.Slice:
            limits.append(limit)
            return walk(limit)

        return fitted(shape, head, walked, arguments)

    for module in (lists, things):
        monkeypatch.setattr(module, "fitted", counted)
    cut = orjson.loads(call(name, **values, limit=19, max_tokens=MIN_TOKENS))
    assert len(limits) == 1
    assert "cut" in cut
    rest = call(name, **values, max_tokens=MAX_TOKENS, cursor=cut["next_cursor"])
    ids = [entry["id"] for entry in cut["entries"] + orjson.loads(rest)["entries"]]
    assert ids == [entry["id"] for entry in whole["entries"]]
