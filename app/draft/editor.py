"""The editor's hook: a command gets the topics as JSON and answers with items, which are checked.

An item must cite articles of its topic. An item that does not is refused, and the quotes stand.
"""

import shlex
import subprocess
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import httpx2
import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.draft.briefing import DraftBriefing
from app.draft.sentences import Sentence
from app.draft.summaries import Extract, Quote
from app.draft.topic import DraftTopic

TIMEOUT_SECONDS = 600.0
MAX_ANSWER_BYTES = 4 * 1024 * 1024
MAX_TITLE_CHARS, MAX_SUMMARY_CHARS, MAX_REASON_CHARS = 300, 4_000, 500
Warn = Callable[[str], None]


class EditedSentence(BaseModel):
    """A sentence of an editor and the id of the article that supports it."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=MAX_SUMMARY_CHARS)
    article: str


class EditedItem(BaseModel):
    """An item of an editor. Fields that are left out stay as they were drafted."""

    model_config = ConfigDict(extra="forbid")
    topic: str
    title: str | None = Field(None, min_length=1, max_length=MAX_TITLE_CHARS)
    summary: list[EditedSentence] = Field(min_length=1, max_length=20)
    importance: Literal["high", "medium", "low"] | None = None
    reason: str | None = Field(None, min_length=1, max_length=MAX_REASON_CHARS)


def configured(command: str | None, warn: Warn) -> Callable[[DraftBriefing], DraftBriefing] | None:
    """Return the editor of BRIEFBASE_EDITOR_COMMAND; None without one."""
    if not command:
        return None
    return _Editor(command, warn)


@dataclass(frozen=True)
class _Editor:
    command: str
    warn: Warn

    def __call__(self, draft: DraftBriefing) -> DraftBriefing:
        try:
            answer = _answer(self.command, request(draft))
            items = orjson.loads(answer)
        except (OSError, httpx2.HTTPError, ValueError) as error:
            self.warn(f"The editor gave no items ({error}); the quotes stand.")
            return draft
        return edited(draft, items, self.warn)


def request(draft: DraftBriefing) -> bytes:
    """Return the chosen topics as JSON: quotes, and the articles they may be cited from."""
    topics: list[dict[str, Any]] = []
    for topic in draft.chosen:
        articles = []
        for article in topic.articles:
            articles.append(
                {
                    "id": article.id,
                    "url": article.url,
                    "publisher": article.publisher_name,
                    "title": article.title,
                    "language": article.language,
                    "text": article.text,
                }
            )
        summary = []
        for quote in topic.extract.summary:
            summary.append({"text": quote.text, "article": quote.article.id})
        topics.append(
            {
                "topic": topic.id,
                "title": topic.title,
                "section": topic.placement.kind,
                "importance": topic.rank.importance,
                "reason": topic.rank.reason,
                "summary": summary,
                "articles": articles,
            }
        )
    return orjson.dumps({"date": draft.terms.end.date(), "topics": topics})


def _answer(command: str, body: bytes) -> bytes:
    """Return the answer of a command to its standard input, or of an address to a POST.

    Raises ValueError for a failure and for an answer over `MAX_ANSWER_BYTES`.
    """
    if command.startswith(("http://", "https://")):
        return _posted(command, body)
    return _printed(command, body)


def _printed(command: str, body: bytes) -> bytes:
    with tempfile.TemporaryFile() as topics:
        topics.write(body)
        topics.seek(0)
        process = subprocess.Popen(shlex.split(command), stdin=topics, stdout=subprocess.PIPE)
    timer = threading.Timer(TIMEOUT_SECONDS, process.kill)
    timer.start()
    with process:
        assert process.stdout is not None
        answer = process.stdout.read(MAX_ANSWER_BYTES + 1)
        if len(answer) > MAX_ANSWER_BYTES:
            process.kill()
    timer.cancel()
    _check_size(len(answer))
    if process.returncode:
        raise ValueError(f"the command ended with status {process.returncode}; expected 0")
    return answer


def _posted(url: str, body: bytes) -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    exchange = httpx2.stream("POST", url, content=body, headers=headers, timeout=TIMEOUT_SECONDS)
    answer = bytearray()
    with exchange as response:
        if response.status_code != 200:
            raise ValueError(f"{url} answers {response.status_code}; expected 200")
        for block in response.iter_bytes():
            answer += block
            _check_size(len(answer))
    return bytes(answer)


def _check_size(size: int) -> None:
    if size > MAX_ANSWER_BYTES:
        raise ValueError(f"the answer has more than {MAX_ANSWER_BYTES} bytes")


def edited(draft: DraftBriefing, items: Any, warn: Warn) -> DraftBriefing:
    """Return the draft with an editor's items in place of quotes; refused ones are warned of."""
    entries = items.get("items") if isinstance(items, dict) else items
    if not isinstance(entries, list):
        warn("The editor's answer has no list of items; the quotes stand.")
        return draft
    topics = {topic.id: topic for topic in draft.topics}
    for number, entry in enumerate(entries, 1):
        try:
            item = EditedItem.model_validate(entry)
            topics[item.topic] = _edited_topic(topics, item)
        except (ValidationError, ValueError) as error:
            reason = str(error).splitlines()[0]
            warn(f"Item {number} of the editor is refused ({reason}); the quotes stand.")
    return replace(draft, topics=tuple(topics.values()))


def _edited_topic(topics: dict[str, DraftTopic], item: EditedItem) -> DraftTopic:
    topic = topics.get(item.topic)
    if topic is None or not topic.chosen:
        raise ValueError(f"{item.topic!r} is no topic of the draft")
    articles = {article.id: article for article in topic.articles}
    quotes = []
    for position, sentence in enumerate(item.summary):
        if sentence.article not in articles:
            raise ValueError(f"{sentence.article!r} is no article of topic {item.topic}")
        text = " ".join(sentence.text.split())
        quotes.append(Quote(Sentence(text, position), articles[sentence.article]))
    rank = replace(
        topic.rank,
        importance=item.importance or topic.rank.importance,
        reason=item.reason or topic.rank.reason,
    )
    return replace(
        topic,
        written_title=item.title or topic.written_title,
        rank=rank,
        extract=Extract(tuple(quotes), topic.extract.details),
    )
