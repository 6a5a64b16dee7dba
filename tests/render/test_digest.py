"""Digests never exceed their budget and are cut between stories."""

from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import patch

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.query.schemas.digest import DigestOut, DigestSource, StoryOut
from app.query.schemas.items import Lines
from app.render.digest import as_json, message
from app.render.messages import SERVICES, TELEGRAM
from tests.render.test_messages import HOSTILE

DAY = date(2026, 1, 2)
texts = st.one_of(st.text(max_size=200), st.sampled_from(HOSTILE))


def story(title: str, summary: str | None = None, url: str = "https://example.com/a") -> StoryOut:
    return StoryOut(
        id="i_a",
        title=title,
        summary=summary,
        date=DAY,
        briefing="2026-01-02",
        section="research",
        importance="高",
        thread=None,
        reports=1,
        salience=1.0,
        sources=[DigestSource(label=title, url=url)],
        lines=Lines(first=3, last=9),
        link="/v1/items/i_a",
    )


stories = st.lists(st.builds(story, texts, st.none() | texts), max_size=8)


def written(
    name: str, chosen: list[StoryOut], budget: int, home: str = "https://kb.example"
) -> str:
    return message(DAY, DAY, chosen, budget, SERVICES[name], home, None)


@pytest.mark.parametrize("name", SERVICES)
@settings(max_examples=60, deadline=None)
@given(chosen=stories, budget=st.integers(200, 5_000))
def test_no_message_exceeds_its_budget(name: str, chosen: list[StoryOut], budget: int) -> None:
    service = SERVICES[name]
    text = written(name, chosen, budget)
    assert service.length(text) <= min(budget, service.limit or budget)
    assert written(name, chosen, budget) == text


@settings(max_examples=60, deadline=None)
@given(chosen=stories, budget=st.integers(200, 5_000))
def test_no_json_exceeds_its_budget(chosen: list[StoryOut], budget: int) -> None:
    digest = digest_of(chosen, budget, warnings=["There is no entity 'x'."])
    body = as_json(digest)
    assert len(body) <= budget
    content = orjson.loads(body)
    assert len(content["stories"]) + content["left"] == len(chosen)


def digest_of(chosen: list[StoryOut], budget: int, **more: Any) -> DigestOut:
    values: dict[str, Any] = {"from_": DAY, "to": DAY, "left": 0, "dataset_version": "v-1"} | more
    return DigestOut(budget=budget, unit="bytes", stories=chosen, **{"warnings": []} | values)


@pytest.mark.parametrize("name", SERVICES)
def test_a_cut_is_between_stories(name: str) -> None:
    chosen = [story(f"Story number {number}", "摘要" * 40) for number in range(20)]
    text = written(name, chosen, 1_200)
    lines = text.count("2026-01-02 L3–9")
    assert 0 < lines < 20
    assert text.count("Story number") >= lines
    assert text.count("https://example.com/a") == lines
    assert text.count("https://kb.example/v1/items/i_a") == lines


def test_a_summary_gives_way_to_the_title() -> None:
    text = written("text", [story("Long", "x" * 400)], 250)
    assert "Long" in text
    assert "xxx" not in text


@pytest.mark.parametrize("name", SERVICES)
def test_without_a_home_there_is_no_link_to_items(name: str) -> None:
    assert "/v1/items" not in written(name, [story("a")], 1_000, home="")


@pytest.mark.parametrize("name", SERVICES)
def test_no_script_address_is_a_link(name: str) -> None:
    assert "javascript" not in written(name, [story("a", url="javascript:alert(1)")], 1_000)


def summary_that_fills(name: str, limit: int, signs: str) -> str:
    """Return a summary with `signs` with which the only story makes a message of `limit`."""
    service = SERVICES[name]

    def length(summary: str) -> int:
        return service.length(written(name, [story("題", summary)], 100_000))

    summary = signs
    while length(summary + signs) <= limit:
        summary += signs
    return summary + "a" * (limit - length(summary))


@pytest.mark.parametrize("signs", ["漢字", "😀", "𠮷&<b>", "a_b*c`d"])
@pytest.mark.parametrize("name", ["slack", "telegram", "discord"])
def test_a_message_fills_the_limit_of_its_service(name: str, signs: str) -> None:
    service = SERVICES[name]
    assert service.limit == {"slack": 3_000, "telegram": 4_096, "discord": 2_000}[name]
    unlimited = replace(service, limit=None)

    def sent(summary: str) -> str:
        return message(DAY, DAY, [story("題", summary)], 9_999, service, "https://kb.example", None)

    with patch.dict(SERVICES, {name: unlimited}):
        full = summary_that_fills(name, service.limit, signs)
    assert service.length(sent(full)) == service.limit
    assert "aa" not in sent(full + "a" * 9)
    assert "題" in sent(full + "a")
    assert service.length(sent(full + "a")) < 200


def test_telegram_shows_every_link() -> None:
    text = written("telegram", [story(f"t{number}") for number in range(60)], 4_096)
    assert 95 <= TELEGRAM.marks(text) <= 100
    assert text.count("</a>") + text.count("</b>") == TELEGRAM.marks(text)
    assert SERVICES["html"].max_marks == 0
    assert (
        written("html", [story(f"t{number}") for number in range(60)], 90_000).count("<li>") == 60
    )
