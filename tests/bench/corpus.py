"""Documents to measure with, made anew from a seed whenever they are wanted: `python -m tests.bench.corpus M FOLDER`.

The text of the two seed briefings is put together again item by item; who is named follows Zipf's law over the names of the
catalogue, some by another of their spellings, and over names made up; a few articles are told of again on later days. The same
scale gives the same bytes.
"""

import itertools
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import orjson

from app.knowledge import CATALOGUE
from app.parse.briefing import decode, parse_briefing
from app.startup import SEEDS

FIRST = date(2020, 1, 1)
_NAMES = re.compile(r"^(\*\*關鍵實體\*\*[::：]\s*).*?(\s*)$", re.MULTILINE)
_URL = re.compile(r"https?://([^\s/)]+)[^\s)]*")
_SYLLABLES = (
    "ka",
    "ri",
    "mo",
    "ten",
    "su",
    "lin",
    "vor",
    "eo",
    "qua",
    "dex",
    "nu",
    "phi",
    "ral",
    "zen",
    "tor",
    "ix",
)


@dataclass(frozen=True, slots=True)
class Scale:
    """How many channels, days in each, items a day about, and names made up."""

    channels: int
    days: int
    items: int
    names: int


SCALES = {
    "S": Scale(1, 20, 29, 1_000),
    "M": Scale(2, 500, 29, 10_000),
    "L": Scale(8, 1_250, 39, 90_000),
}


@dataclass(frozen=True, slots=True)
class _Block:
    """An item of a seed: its title and the lines below it, and the heading of the section it stands in."""

    section: str
    title: str
    lines: str


def documents(scale: Scale, seed: int = 1) -> Iterator[tuple[str, str, bytes]]:
    """Channel, file name and bytes of each document, day by day."""
    draw = random.Random(seed)
    blocks = _blocks()
    sections = list(dict.fromkeys(block.section for block in blocks))
    names = _names(scale.names, random.Random(seed + 1))
    weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(names))))
    told: list[str] = []
    for number in range(scale.days):
        day = FIRST + timedelta(days=number)
        for channel in range(scale.channels):
            chosen = draw.sample(
                blocks, min(len(blocks), max(1, round(draw.gauss(scale.items, scale.items / 6))))
            )
            parts = []
            for section in sections:
                if held := [block for block in chosen if block.section == section]:
                    parts += [f"## {section}", ""]
                    parts += [_item(block, draw, names, weights, told) for block in held]
            head = f"---\ntitle: 'AI 日報 {day}'\ndate: {day}T06:00:00+08:00\ndraft: false\ntags: [{draw.choice(names)[0]!r}, 'AI']\n---\n"
            yield f"channel-{channel}", f"{day}.md", (head + "\n" + "\n".join(parts)).encode()


def _blocks() -> list[_Block]:
    found = []
    for path in sorted(SEEDS.glob("*.md")):
        lines = decode(path.read_bytes()).splitlines()
        for section in parse_briefing(path.read_bytes(), path.name).body.sections:
            for item in section.items:
                if item.kind == "full":
                    text = "\n".join(lines[item.title.span.first_line : item.span.last_line])
                    found.append(_Block(section.title.text, item.title.text, text))
    return found


def _names(made_up: int, draw: random.Random) -> list[tuple[str, ...]]:
    """Everybody who may be named, each with all spellings; those of the catalogue and those made up mixed."""
    known = [
        tuple(
            dict.fromkeys(
                [*record["names"].values(), *(alias["name"] for alias in record["aliases"])]
            )
        )
        for path in sorted(CATALOGUE.glob("*.jsonl"))
        for record in map(orjson.loads, path.read_bytes().splitlines())
    ]
    invented = [
        ("".join(draw.choices(_SYLLABLES, k=draw.randint(2, 4))).capitalize() + f" {number}",)
        for number in range(made_up)
    ]
    mixed = [
        names for names in known if not any("," in name or "、" in name for name in names)
    ] + invented
    draw.shuffle(mixed)
    return mixed


def _item(
    block: _Block,
    draw: random.Random,
    names: list[tuple[str, ...]],
    weights: list[float],
    told: list[str],
) -> str:
    chosen = draw.choices(names, cum_weights=weights, k=draw.randint(2, 6))
    cells = [
        draw.choice(spellings) if draw.random() < 0.3 else spellings[0]
        for spellings in dict.fromkeys(chosen)
    ]

    def article(match: re.Match[str]) -> str:
        if told and draw.random() < 0.03:
            return draw.choice(told[-400:])
        told.append(f"https://{match[1]}/{len(told)}")
        return told[-1]

    lines = _URL.sub(
        article, _NAMES.sub(lambda match: match[1] + ", ".join(cells) + match[2], block.lines)
    )
    return f"### {cells[0]}：{block.title}\n{lines}\n"


def main() -> None:
    """Write the documents of a scale into a folder, one below it for each channel."""
    scale, folder = SCALES[sys.argv[1]], Path(sys.argv[2])
    for channel, name, data in documents(scale):
        (folder / channel).mkdir(parents=True, exist_ok=True)
        (folder / channel / name).write_bytes(data)


if __name__ == "__main__":
    main()
