"""Tools, resources and prompts for agents: bounds, citations, walks, both transports."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from mcp import Client, StdioServerParameters
from mcp.types import TextContent, TextResourceContents

from app import ingest
from app.errors import AppError, BadRequest, NotFound
from app.mcp import prompts, resources, tools
from app.mcp.arguments import DEFAULT_TOKENS, MAX_TOKENS, MIN_TOKENS
from app.mcp.citing import Asked
from app.mcp.tokens import tokens
from app.query.documents import versions
from app.query.items import passage
from app.store.db import Database
from app.store.migrations import migrate
from tests.conftest import new_url
from tests.servers import ROOT, briefbase

HOME = "https://kb.example"
Call = Callable[..., Any]
HORIZON = ROOT.parent / "shared" / "corpora" / "horizon-tw"
FOCUS_ITEM = "GenAI 圖像合成促進皮膚病變分類器公平性評估"
# Each tool over the seeds, with arguments that give it something to answer.
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("headlines", {}),
    ("headlines", {"from": "2025-11-22", "detail": "full"}),
    ("search", {"query": "模型", "limit": 50}),
    ("search", {"query": "SGLang"}),
    ("get_item", {"id": "FIRST"}),
    ("entity_profile", {"entity": "SGLang", "detail": "full"}),
    ("entity_profile", {"entity": "阿里巴巴", "rollup": "all"}),
    ("timeline", {"entity": "OpenAI", "interval": "day"}),
    ("compare", {"entities": ["NVIDIA", "OpenAI", "SGLang"], "interval": "day"}),
    ("related", {"entity": "SGLang"}),
    ("related", {"item": "FIRST"}),
    ("trends", {"window": 30, "baseline": 30, "support": 1}),
    ("digest", {"days": 60, "limit": 50}),
    ("thread", {"id": "IN_THREAD"}),
    ("annotate", {"text": "NVIDIA、OpenAI、SGLang、千問同日更新。" * 20}),
]


@pytest.fixture(scope="module", params=["seeds"])
def database(
    request: pytest.FixtureRequest,
    seeds: Callable[[str], Database],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    """The seeds or real dailies of six weeks, on SQLite. Read only."""
    if request.param == "seeds":
        yield seeds("sqlite")
        return
    if not HORIZON.is_dir():
        pytest.skip("horizon-tw is not beside the project")
    path = tmp_path_factory.mktemp("horizon") / "horizon.db"
    with closing(Database(f"sqlite:///{path}")) as horizon:
        migrate(horizon)
        files = ingest.documents([HORIZON])
        list(ingest.ingest_files(horizon, files, channel="daily", default_channel="daily"))
        yield horizon


@pytest.fixture
def call(database: Database) -> Iterator[Call]:
    """A function that calls a tool and returns its answer, read."""
    with database.read() as session:
        asked = Asked(session, HOME, "daily")

        def answer(name: str, **values: Any) -> Any:
            return orjson.loads(tools.call(asked, name, values))

        yield answer


def filled(call: Call, values: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with the ids that they stand for; skip if there is none."""
    complete = dict(values)
    for name, value in values.items():
        if value == "FIRST":
            complete[name] = call("headlines")["entries"][0]["id"]
        elif value == "IN_THREAD":
            stories = call("digest", days=60, limit=50, max_tokens=20_000)["entries"]
            in_threads = [story["thread"] for story in stories if "thread" in story]
            if not in_threads:
                pytest.skip("the seeds have no thread")
            complete[name] = in_threads[0]
    return complete


def citations(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every citation in an answer, with the entry that has it."""
    if isinstance(value, dict):
        if "cite" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from citations(part)


@pytest.mark.parametrize("database", ["seeds", "horizon-tw"], indirect=True)
@pytest.mark.parametrize("bound", [MIN_TOKENS, DEFAULT_TOKENS, MAX_TOKENS])
@pytest.mark.parametrize(("name", "values"), QUESTIONS, ids=str)
def test_each_answer_is_within_its_bound_and_of_its_schema(
    call: Call, database: Database, name: str, values: dict[str, Any], bound: int
) -> None:
    arguments = filled(call, values) | {"max_tokens": bound}
    with database.read() as session:
        body = tools.call(Asked(session, HOME, "daily"), name, arguments)
    assert tokens(body) <= bound
    answer = orjson.loads(body)
    Draft202012Validator(tools.output_schema(tools.TOOLS[name].answer)).validate(answer)
    assert answer["shown"] == len(answer["entries"])
    if answer["shown"] < answer["total"]:
        assert "next_cursor" in answer["cut"]
        assert answer["next_cursor"]


@pytest.mark.parametrize("database", ["seeds", "horizon-tw"], indirect=True)
@pytest.mark.parametrize(("name", "values"), QUESTIONS, ids=str)
def test_each_citation_is_true_to_the_document(
    call: Call, database: Database, name: str, values: dict[str, Any]
) -> None:
    answer = call(name, **filled(call, values), max_tokens=20_000)
    cited = list(citations(answer))
    assert len(cited) >= min(1, answer["total"])
    with database.read() as session:
        for holder in cited:
            cite = holder["cite"]
            lines = versions.document(session, cite["sha256"]).body.decode().splitlines()
            first, _, last = cite.get("lines", f"1-{len(lines)}").partition("-")
            text = "\n".join(lines[int(first) - 1 : int(last or first)])
            assert text.strip()
            if cite["id"].startswith("i_"):
                source = passage(session, cite["id"])
                assert source.text.rstrip("\n") == text
                assert cite["url"] == f"{HOME}/v1/items/{cite['id']}"
                title = holder.get("title", "") if holder.get("type") != "entity" else ""
                plain = text.replace("*", "").replace("`", "")
                assert not title or title.replace("*", "").replace("`", "")[:12] in plain


def test_the_lines_of_an_item_are_those_of_the_document(call: Call, database: Database) -> None:
    item = call("headlines")["entries"][0]
    answer = call("get_item", id=item["id"])
    with database.read() as session:
        body = versions.document(session, answer["cite"]["sha256"]).body.decode()
    for line in answer["entries"]:
        assert body.splitlines()[line["line"] - 1] == line["text"]
    assert item["title"] in answer["entries"][0]["text"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("search", {"query": "模型"}),
        ("get_item", {"id": "FIRST"}),
        ("digest", {"days": 60}),
        ("related", {"entity": "SGLang"}),
        ("trends", {"window": 30, "support": 1}),
        ("annotate", {"text": "NVIDIA、OpenAI、SGLang。" * 20}),
        ("compare", {"entities": ["NVIDIA", "OpenAI"], "interval": "day"}),
    ],
    ids=str,
)
def test_a_walk_by_cursor_reaches_every_entry_once(
    call: Call, name: str, values: dict[str, Any]
) -> None:
    arguments = filled(call, values) | {"max_tokens": MIN_TOKENS}
    entries: list[Any] = []
    answer = call(name, **arguments)
    entries += answer["entries"]
    while cursor := answer.get("next_cursor"):
        answer = call(name, **arguments, cursor=cursor)
        entries += answer["entries"]
    assert len(entries) == answer["total"]
    keys = {orjson.dumps(entry) for entry in entries}
    assert len(keys) == len(entries)


def test_a_cursor_of_other_arguments_is_refused(call: Call) -> None:
    cursor = call("digest", days=60, limit=2)["next_cursor"]
    with pytest.raises(BadRequest, match="call again without it"):
        call("digest", days=30, limit=2, cursor=cursor)


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("headlines", {"dat": "2025-12-23"}, "did you mean date"),
        ("headlines", {"date": "yesterday"}, "expected a date as YYYY-MM-DD"),
        ("search", {"query": "a", "importance": "hgh"}, "did you mean high"),
        ("search", {}, "query: is missing; expected: Words,"),
        ("search", {"q": "a"}, "query: is missing; expected: Words,"),
        ("timeline", {}, "entity: is missing; expected: "),
        ("get_item", {"id": "i_nothing"}, "There is no item"),
        ("related", {}, "exactly one"),
        ("compare", {"entities": ["NVIDIA"]}, "entities"),
        ("serch", {}, "did you mean search"),
        ("trends", {"max_tokens": 1}, f"at least {MIN_TOKENS}"),
        ("entity_profile", {"entity": "no such name"}, "There is no entity"),
    ],
)
def test_an_error_says_what_to_do(
    call: Call, name: str, values: dict[str, Any], message: str
) -> None:
    with pytest.raises(AppError, match=message):
        call(name, **values)


def test_the_same_call_has_the_same_bytes(database: Database) -> None:
    with database.read() as session:
        asked = Asked(session, HOME, "daily")
        first = tools.call(asked, "digest", {"days": 31})
        assert tools.call(asked, "digest", {"days": 31}) is first


def test_resources_are_bounded_and_go_on(database: Database) -> None:
    with database.read() as session:
        asked = Asked(session, HOME, "daily")
        listed = resources.listed(asked)
        assert listed[0].uri == "briefbase://briefings/2025-12-23"
        seen: list[str] = []
        uri: str | None = listed[0].uri
        while uri:
            body = resources.read(asked, uri)
            assert tokens(body) <= resources.MAX_TOKENS + 100
            outline = orjson.loads(body)
            seen += [entry["id"] for entry in outline["entries"]]
            uri = outline.get("next_uri")
        assert len(set(seen)) == outline["total"] == len(seen)
        entity = orjson.loads(resources.read(asked, "briefbase://entities/SGLang"))
        assert entity["entity"]["name"] == "SGLang"
        with pytest.raises(NotFound, match="expected briefbase://briefings"):
            resources.read(asked, "https://kb.example")


def test_prompts_are_filled_in() -> None:
    assert "with date 2025-12-23" in prompts.written("daily_brief", {"date": "2025-12-23"})
    assert "SGLang in English" in prompts.written(
        "entity_report", {"entity": "SGLang", "language": "English"}
    )
    with pytest.raises(BadRequest, match="entity: is missing"):
        prompts.written("entity_report", {})
    with pytest.raises(BadRequest, match="expected date, language"):
        prompts.written("daily_brief", {"day": "x"})


def test_the_list_of_tools_is_small() -> None:
    inputs = sum(len(orjson.dumps(tools.input_schema(t.arguments))) for t in tools.TOOLS.values())
    outputs = sum(len(orjson.dumps(tools.output_schema(t.answer))) for t in tools.TOOLS.values())
    assert inputs < 14_000
    assert outputs < 20_000


async def work(target: str | StdioServerParameters, mode: str) -> None:
    """Do a day's work with the official client: scan, search, read, cite."""
    async with Client(target, mode=mode) as client:
        listed = await client.list_tools()
        assert [tool.name for tool in listed.tools] == list(tools.TOOLS)
        for tool in listed.tools:
            assert tool.annotations
            assert tool.annotations.read_only_hint
            assert tool.output_schema

        async def ask(name: str, **values: Any) -> Any:
            result = await client.call_tool(name, values)
            content = result.content[0]
            assert isinstance(content, TextContent)
            assert not result.is_error, content.text
            assert orjson.loads(content.text) == result.structured_content
            return result.structured_content

        headline = (await ask("headlines"))["entries"][0]
        assert headline["title"] == FOCUS_ITEM
        hits = (await ask("search", query="昇騰", type="items"))["entries"]
        item = await ask("get_item", id=hits[0]["id"])
        cite = item["cite"]
        first = item["entries"][0]
        seeds = (ROOT / "seeds/briefings/2025-12-23.md").read_text().splitlines()
        assert seeds[first["line"] - 1] == first["text"]
        assert cite["lines"].startswith(f"{first['line']}-")
        refused = await client.call_tool("get_item", {"id": "i_nothing"})
        assert refused.is_error
        briefing = await client.read_resource("briefbase://briefings/2025-12-23")
        assert isinstance(briefing.contents[0], TextResourceContents)
        prompt = await client.get_prompt("daily_brief", {})
        assert isinstance(prompt.messages[0].content, TextContent)


def test_the_official_client_works_over_both_transports(tmp_path: Path) -> None:
    url = new_url("sqlite", tmp_path, seeded=True)
    with briefbase(url, tmp_path) as server:
        for mode in ("auto", "legacy"):
            asyncio.run(work(f"http://127.0.0.1:{server.port}/mcp", mode))
    program = "from app.cli import main; main()"
    env = os.environ | {"BRIEFBASE_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    stdio = StdioServerParameters(command=sys.executable, args=["-c", program, "mcp"], env=env)
    asyncio.run(work(stdio, "auto"))
