"""Synthetic documents, generated from a seed: `python -m tests.bench.corpus M FOLDER`.

Items of the two seed briefings are recombined. Their entities follow Zipf's law over the
catalogue, some by another spelling, and over invented names. Some articles are cited again on
later days. A scale always has the same bytes.
"""

import itertools
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import orjson

from app.knowledge import CATALOGUE
from app.parse.briefing import decode, parse_briefing
from app.startup import SEEDS

FIRST_DAY = date(2020, 1, 1)
_ENTITY_LINE = re.compile(r"^(\*\*關鍵實體\*\*[::：]\s*).*?(\s*)$", re.MULTILINE)
_URL = re.compile(r"https?://([^\s/)]+)[^\s)]*")
_SYLLABLES = tuple("ka ri mo ten su lin vor eo qua dex nu phi ral zen tor ix".split())
_ZIPF_SHIFT = 2.7
_OTHER_SPELLING_SHARE = 0.3
_CITED_AGAIN_SHARE = 0.03
_RECENT_ARTICLES = 400
# A real daily: 9 KB, 10 items, 0.6 links an item; a watch list, an insight, readings now and then.
_LINKED_SHARE = 0.6
_PARTS = ((0.5, "觀察清單"), (0.3, "編輯洞察"), (0.2, "延伸閱讀"))
_PART_ENTRIES = 3

Spellings = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Channels, days a channel, items a day on average, and invented names."""

    channels: int
    days: int
    items: int
    names: int
    is_dense: bool = True
    """Whether items are as long as those of the seeds; else as those of real dailies."""


SCALES = {
    "D": Scale(1, 300, 10, 3_000, is_dense=False),
    "S": Scale(1, 20, 29, 1_000),
    "M": Scale(2, 500, 29, 10_000),
    "L": Scale(8, 1_250, 39, 90_000),
}


@dataclass(frozen=True, slots=True)
class _SeedItem:
    """An item of a seed: the heading of its section, its title and the lines below the title."""

    section: str
    title: str
    lines: str


@dataclass
class _Writer:
    """Writes documents; `articles` are the URLs cited so far."""

    draw: random.Random
    items: list[_SeedItem]
    names: list[Spellings]
    weights: list[float]
    articles: list[str] = field(default_factory=list)

    def document(self, day: date, mean_items: int) -> bytes:
        """Write the document of a day."""
        size = max(1, round(self.draw.gauss(mean_items, mean_items / 6)))
        chosen = self.draw.sample(self.items, min(len(self.items), size))
        parts = []
        for section in dict.fromkeys(item.section for item in self.items):
            items = [item for item in chosen if item.section == section]
            if items:
                parts += [f"## {section}", ""]
                parts.extend(map(self._item, items))

        return (self._front_matter(day) + "\n" + "\n".join(parts)).encode()

    def _front_matter(self, day: date) -> str:
        tag = self.draw.choice(self.names)[0]
        lines = (
            "---",
            f"title: 'AI 日報 {day}'",
            f"date: {day}T06:00:00+08:00",
            "draft: false",
            f"tags: [{tag!r}, 'AI']",
            "---",
            "",
        )
        return "\n".join(lines)

    def _item(self, item: _SeedItem) -> str:
        count = self.draw.randint(2, 6)
        chosen = self.draw.choices(
            self.names,
            cum_weights=self.weights,
            k=count,
        )
        cells = list(map(self._spelling, dict.fromkeys(chosen)))
        entity_line = ", ".join(cells)
        lines = _ENTITY_LINE.sub(lambda match: match[1] + entity_line + match[2], item.lines)

        return f"### {cells[0]}：{item.title}\n{_URL.sub(self._article, lines)}\n"

    def _spelling(self, spellings: Spellings) -> str:
        if self.draw.random() < _OTHER_SPELLING_SHARE:
            return self.draw.choice(spellings)

        return spellings[0]

    def _article(self, match: re.Match[str]) -> str:
        if self.articles and self.draw.random() < _CITED_AGAIN_SHARE:
            return self.draw.choice(self.articles[-_RECENT_ARTICLES:])

        self.articles.append(f"https://{match[1]}/{len(self.articles)}")
        return self.articles[-1]


class _DailyWriter(_Writer):
    """Writes documents like real dailies: short items, few links, parts now and then."""

    def document(self, day: date, mean_items: int) -> bytes:
        parts = [super().document(day, mean_items).decode()]
        for share, title in _PARTS:
            if self.draw.random() < share:
                parts += [f"## {title}", "", *self._entries(title), ""]
        return "\n".join(parts).encode()

    def _entries(self, title: str) -> Iterator[str]:
        for item in self.draw.sample(self.items, _PART_ENTRIES):
            if title == "延伸閱讀":
                yield f"- [{item.title}](https://example.org/{len(self.articles)})"
            else:
                yield f"- {self.draw.choice(self.names)[0]}：{item.title}"

    def _item(self, item: _SeedItem) -> str:
        lines = super()._item(item).splitlines()
        is_linked = self.draw.random() < _LINKED_SHARE
        short: list[str] = []
        for line in lines:
            # Summary, names, importance and one source; the lists of details are left out.
            is_detail = line.startswith(("- ", "* ", "**技術", "**應用"))
            links = list(_URL.finditer(line))
            if is_detail or (links and not is_linked):
                continue
            if links:
                line = f"**來源**：[{links[0][1]}]({links[0][0]})"
            short.append(line)
        return "\n".join(short) + "\n"


def documents(scale: Scale, seed: int = 1) -> Iterator[tuple[str, str, bytes]]:
    """Yield channel, file name and bytes of each document, day by day."""
    names = _names(scale.names, random.Random(seed + 1))
    weights = itertools.accumulate(1 / (rank + _ZIPF_SHIFT) for rank in range(len(names)))
    make = _Writer if scale.is_dense else _DailyWriter
    writer = make(
        random.Random(seed),
        _seed_items(),
        names,
        list(weights),
    )
    for number in range(scale.days):
        day = FIRST_DAY + timedelta(days=number)
        for channel in range(scale.channels):
            yield f"channel-{channel}", f"{day}.md", writer.document(day, scale.items)


def _seed_items() -> list[_SeedItem]:
    items = []
    for path in sorted(SEEDS.glob("*.md")):
        lines = decode(path.read_bytes()).splitlines()
        for section in parse_briefing(path.read_bytes(), path.name).body.sections:
            for item in section.items:
                if item.kind == "full":
                    text = "\n".join(lines[item.title.span.first_line : item.span.last_line])
                    items.append(
                        _SeedItem(
                            section.title.text,
                            item.title.text,
                            text,
                        )
                    )

    return items


def _names(invented: int, draw: random.Random) -> list[Spellings]:
    """Return all names with their spellings, catalogued and invented ones shuffled."""
    names = []
    for spellings in _catalogue_names():
        # A separator of entity lines within a name would cut the name in two.
        if not any("," in name or "、" in name for name in spellings):
            names.append(spellings)

    for number in range(invented):
        syllables = draw.choices(_SYLLABLES, k=draw.randint(2, 4))
        names.append(("".join(syllables).capitalize() + f" {number}",))

    draw.shuffle(names)

    return names


def _catalogue_names() -> Iterator[Spellings]:
    for path in sorted(CATALOGUE.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            record = orjson.loads(line)
            aliases = [alias["name"] for alias in record["aliases"]]
            yield tuple(dict.fromkeys([*record["names"].values(), *aliases]))


def main(arguments: Sequence[str]) -> None:
    """Write the documents of a scale into a folder, one subfolder a channel."""
    scale, folder = SCALES[arguments[0]], Path(arguments[1])
    for channel, name, data in documents(scale):
        (folder / channel).mkdir(parents=True, exist_ok=True)
        (folder / channel / name).write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
