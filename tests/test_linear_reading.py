"""Reading is linear in its input: four times the input costs about four times the processor time.

Quadratic work would cost sixteen times as much.
"""

import gc
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from types import FrameType
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.knowledge import knowledge
from app.normalize.entities.resolve import resolve_names
from app.parse.briefing import parse_text
from app.reading import DocumentReader
from app.store.db import Database
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, document, item

FACTOR = 4
MAX_RATIO = 9.0
"""Between 4 (linear) and 16 (quadratic), with room for a busy machine."""
_ROUNDS = 2
_WORDS = ["NVIDIA", "千問", "模型發布", "GPT-5.1", "昇騰 910C", "量化", "Zed Labs", "agent"]
_NAMES_OF_A_LINE = "OpenAI GPT-5 Qwen DeepSeek Claude "
_PERSONS = "Sam Altman and Dario Amodei met Sundar Pichai. "


def _ratio(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """Return the processor time of `FACTOR * size` by that of `size`, each the best of two.

    `work(size)` prepares and returns what is measured.
    """
    return _best(work, FACTOR * size) / _best(work, size)


def _best(work: Callable[[int], Callable[[], object]], size: int) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        prepared = work(size)
        gc.collect()
        began = time.process_time()
        prepared()
        best = min(best, time.process_time() - began)
    return best


def _text(count: int) -> str:
    sentences = [f"{_WORDS[number % len(_WORDS)]} 推出第 {number} 版。" for number in range(count)]
    return "".join(sentences)


def _line(count: int, words: str) -> str:
    return (words * count).strip()


def _items(count: int, entities: str = "OpenAI, NVIDIA") -> Sequence[str]:
    return [item(f"第 {n} 條：{_WORDS[n % 8]}", entities=entities) for n in range(count)]


def _with_unlisted_names(count: int) -> Sequence[str]:
    return [item(f"第 {n} 條", entities=f"Acme {n}, Zed{n} Labs") for n in range(count)]


@pytest.mark.parametrize(
    "body",
    [
        lambda count: briefing(*_items(count)),
        lambda count: briefing(*_with_unlisted_names(count)),
        lambda count: briefing(item("一條", summary=_text(20 * count))),
        lambda count: briefing(*["- [a](https://a.com/b) **c** `d`" for _ in range(10 * count)]),
        lambda count: briefing(_line(10 * count, _NAMES_OF_A_LINE), item("一條")),
        lambda count: briefing(_line(20 * count, "Qwen <!-- 註 --> OpenAI "), item("一條")),
        lambda count: briefing(_line(10 * count, _PERSONS), item("一條")),
        lambda count: briefing(item("一條", summary=_line(60 * count, "小米公布營收，"))),
        lambda count: briefing(*[f"{'#' * (2 + n % 4)} 標題 {n}" for n in range(5 * count)]),
    ],
    ids=[
        "items",
        "unlisted names",
        "one long paragraph",
        "bullets",
        "one line of names",
        "one line of comments",
        "one line of persons",
        "one line of names that need a context",
        "headings",
    ],
)
def test_reading_a_document_is_linear(body: Callable[[int], str]) -> None:
    reader = DocumentReader(CHANNEL, {})
    reader.read(briefing(item("a")).encode(), "2026-01-02.md", CHANNEL)

    def work(size: int) -> Callable[[], object]:
        data = body(size).encode()
        return lambda: reader.read(data, "2026-01-02.md", CHANNEL)

    assert _ratio(work, 30) < MAX_RATIO


LINES = {
    "rules": "\n---\n",
    "blank lines": "\n",
    "bullets": "- x\n",
    "linked bullets": "- [a](https://a.com/{n})\n",
    "labelled bullets": "- **X**：a\n",
    "numbers": "{n}. x\n",
    "quotes": "> q\n",
    "separate quotes": "> q\n\n",
    "callouts": "> [!note] t\n> b\n\n",
    "cells": "| a |\n",
    "asterisks": "**\n",
    "bold lines": "**b{n}**\n\n",
    "brackets": "[a]\n",
    "headings": "### h\n",
    "empty headings": "###\n",
    "comments": "<!-- c -->\n",
    "notes": "%% c %%\n",
    "footnotes": "[^{n}]: note\n",
    "citations": "text[^{n}]\n",
    "links": "[a](https://a.com/{n})\n",
    "addresses": "<https://a.com/{n}>\n",
    "badges": "<https://img.shields.io/badge/a{n}.svg>\n\n",
    "paragraphs": "text {n}\n\n",
    "Org headings": "* a{n}\n** b{n}\n",
    "lists of sources": "text (A, https://a.com/{n}; B, https://b.com/{n})\n",
    "ratings": "Score: 4/5\n",
    "code": "```\n\n```\n",
}


def _count_operations(text: str) -> int:
    """Return the number of operations of the interpreter that reading `text` takes."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        parse_text(text, "2026-01-02.md")
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_twice_the_lines_take_at_most_twice_the_operations(line: str) -> None:
    """Lines between two labels of one item; what is fixed keeps the ratio below 2."""

    # No line comes twice: one that is remembered costs less.
    first = _operations_of_lines(line, range(1_000, 1_050))
    doubled = _operations_of_lines(line, range(2_000, 2_100))
    assert doubled <= 2.0 * first


@pytest.mark.parametrize("piece", [" ", "— ", "| ", "→ ", "（", "【a】", "<a ", "*a"])
def test_a_long_plain_line_is_linear(piece: str) -> None:
    """A title's end is looked for in its line: 3,000 spaces took 15 ms before."""

    def work(size: int) -> Callable[[], object]:
        line = f"a{piece * size}b"
        text = "AI 2026-01-02\n\n" + f"- {line}\n\n{line}\n\n" * 20
        return lambda: parse_text(text, "2026-01-02.md")

    assert _ratio(work, 700) < MAX_RATIO


# Lines of a text without headings, where short lines, marks and first lines may be titles.
PLAIN_LINES = {
    "circled numbers": "① text {n}\n",
    "times": "09:05 text {n}\n",
    "bars": "title {n} | name | 07:40\n",
    "addresses that close": "A crane waits in Varna {n} https://a.com/{n}\n",
    "labels above lists": "label {n}\n- text {n}\n\n",
    "bold lines": "**label {n}**\n\n**title {n}.** text\n\n",
    "capitals": "LABEL\n\n- text {n}\n\n",
    "cards": "---\n\ntitle {n}\n\ntext\n\n",
    "quotes": "title {n}\n> text\n\n",
    "stamps": "[10.04.2026 08:02] Name:\ntext {n}\n\n",
    "publishers": "- A crane waits {n} — Harbor News\n",
    "brackets": "- A crane waits {n} (Harbor News)\n",
    "first lines": "- title {n}\n  a longer text below the title\n",
    "numbered texts": "{n}. title\n\ntext\n\n",
    "bare entries": "\n[1] https://a.com/{n}\n",
    "AsciiDoc headings": "== title {n}\n\n",
}


@pytest.mark.parametrize("line", PLAIN_LINES.values(), ids=PLAIN_LINES)
def test_twice_the_plain_lines_take_at_most_twice_the_operations(line: str) -> None:
    def operations(numbers: range) -> int:
        lines = "".join(line.replace("{n}", str(number)) for number in numbers)
        return _count_operations(f"AI 2026-01-02\n\n{lines}")

    first = operations(range(1_000, 1_080))
    assert operations(range(2_000, 2_160)) <= 2.1 * first


def _operations_of_lines(line: str, numbers: range) -> int:
    lines = "".join(line.replace("{n}", str(number)) for number in numbers)
    sources = "[a](https://b.example)"
    return _count_operations(briefing(item("一條", summary=f"甲\n\n{lines}", sources=sources)))


def test_resolving_names_is_linear() -> None:
    catalogue = knowledge().catalogue

    def work(size: int) -> Callable[[], object]:
        names = [f"{_WORDS[number % 8]} {number}" for number in range(size)]
        return lambda: resolve_names(names, catalogue)

    assert _ratio(work, 250) < MAX_RATIO


def test_annotating_is_linear(client: TestClient) -> None:
    client.post("/v1/annotate", json={"text": "NVIDIA"})

    def work(size: int) -> Callable[[], object]:
        text = _text(size)
        return lambda: client.post("/v1/annotate", json={"text": text}).raise_for_status()

    assert _ratio(work, 150) < MAX_RATIO


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_threads_of_a_day_are_linear_in_its_items(database: Database) -> None:
    """Items of different stories: comparing each with each would be quadratic."""
    days = iter(range(1000))

    def work(size: int) -> Callable[[], object]:
        # Far from all other days: links reach thirty days back.
        day = date(2000, 1, 1) + timedelta(days=60 * next(days))
        items = [item(f"消息{n}：{n * 7919} {n * 104729}", entities=f"Lab{n}") for n in range(size)]
        text = document(str(day), *items)
        return lambda: take_in(database, text, f"{day}.md")

    assert _ratio(work, 25) < MAX_RATIO
