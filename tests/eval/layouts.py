"""Score the reading of foreign layouts: items, their sources and the dates of real and own documents.

The open dailies and horizon stand in `../shared/corpora`; a folder that is absent is left out. The
documents of `tests/parse/layouts` come with their expected outline. Matching is by the first
characters of a title after its markup is removed; nothing else of the reading is looked at.
"""

import html
import json
import re
import sys
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from app.parse.briefing import parse_briefing
from app.parse.draft import BriefingDraft, ItemDraft

ROOT = Path(__file__).resolve().parents[2]
CORPORA = ROOT.parent / "shared" / "corpora"
OWN_LAYOUTS = ROOT / "tests" / "parse" / "layouts"

_LINK = re.compile(r"!?\[(?P<label>[^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_TAG = re.compile(r"<[^<>\n]{1,200}>")
_NUMBER = re.compile(r"^\s*(?:\d{1,3}[.、)]\s+|#\d+\s+)")
_DECORATION = re.compile(r"^[^\w\s*_【「『《（(\[#~`]+\s*")
_RATING = re.compile(r"\s*[⭐★]\ufe0f?\s*\d+(?:\.\d+)?/10\s*$")
_DAY = re.compile(r"20\d{2}-\d{2}-\d{2}")
_SHORTEST_TITLE = 8


@dataclass(frozen=True, slots=True)
class Expected:
    """One item as a reader of the document would list it."""

    title_start: str
    urls: tuple[str, ...]


@dataclass
class Score:
    """Counts of one folder of documents."""

    expected_items: int = 0
    read_items: int = 0
    matched_items: int = 0
    expected_sources: int = 0
    read_sources: int = 0
    matched_sources: int = 0
    documents: int = 0
    right_dates: int = 0
    missed: list[str] = field(default_factory=list)
    spurious: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Add the counts of `other`."""
        self.expected_items += other.expected_items
        self.read_items += other.read_items
        self.matched_items += other.matched_items
        self.expected_sources += other.expected_sources
        self.read_sources += other.read_sources
        self.matched_sources += other.matched_sources
        self.documents += other.documents
        self.right_dates += other.right_dates
        self.missed += other.missed
        self.spurious += other.spurious

    @property
    def precision(self) -> float:
        """Share of the items read that were expected."""
        return _ratio(self.matched_items, self.read_items)

    @property
    def recall(self) -> float:
        """Share of the expected items that were read."""
        return _ratio(self.matched_items, self.expected_items)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _ratio(2 * self.matched_items, self.read_items + self.expected_items)

    @property
    def sources(self) -> float:
        """Share of the expected sources that stand on the item they were expected on."""
        return _ratio(self.matched_sources, self.expected_sources)

    @property
    def dates(self) -> float:
        """Share of the documents whose day is right."""
        return _ratio(self.right_dates, self.documents)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def bare(text: str) -> str:
    """Return `text` without markup, numbers and spaces, for comparison."""
    text = _LINK.sub(lambda match: match["label"], text)
    text = _TAG.sub("", html.unescape(text))
    text = _RATING.sub("", _NUMBER.sub("", _DECORATION.sub("", text)))
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s*_`~#]+", "", text).casefold()


def _same_title(expected: str, title: str) -> bool:
    expected, read = bare(expected), bare(title)
    if read.startswith(expected):
        return bool(expected)
    # A title shorter than the listed start counts where it is long enough to mean this item.
    return len(read) >= _SHORTEST_TITLE and expected.startswith(read)


def _same_url(expected: str, target: str | None) -> bool:
    return bool(target) and _plain_url(expected) == _plain_url(target or "")


def _plain_url(url: str) -> str:
    return unquote(url.strip().replace("+", "%20")).rstrip("/").casefold()


def briefing_items(briefing: BriefingDraft) -> list[ItemDraft]:
    """Return all items of `briefing` in order."""
    items: list[ItemDraft] = []
    for section in briefing.body.sections:
        items.extend(section.items)
    return items


def score_document(expected: list[Expected], items: list[ItemDraft]) -> Score:
    """Match each expected item with the first unmatched item of its title."""
    score = Score(expected_items=len(expected), read_items=len(items))
    left = list(items)
    for entry in expected:
        score.expected_sources += len(entry.urls)
        match = next(
            (item for item in left if _same_title(entry.title_start, item.title.text)), None
        )
        if match is None:
            score.missed.append(entry.title_start)
            continue
        left.remove(match)
        score.matched_items += 1
        score.read_sources += len(match.sources)
        for url in entry.urls:
            if any(_same_url(url, source.target) for source in match.sources):
                score.matched_sources += 1
            else:
                score.missed.append(f"  source {url} of {entry.title_start}")
    score.spurious.extend(item.title.text for item in left)
    return score


def read_truth(path: Path) -> dict[str, list[Expected]]:
    """Return the expected items of each document of a folder, by file name."""
    truth: dict[str, list[Expected]] = defaultdict(list)
    for row in path.read_text().splitlines():
        entry = json.loads(row)
        truth[entry["file"]].append(Expected(entry["title_starts"], tuple(entry["urls"])))
    return truth


def score_open_dailies(folder: Path) -> Score:
    """Score one folder of the open dailies; documents without a listed item judge dates only."""
    truth = read_truth(folder / "items.jsonl")
    score = Score()
    for path in sorted(folder.glob("*.md")):
        briefing = parse_briefing(path.read_bytes(), path.name)
        expected = truth.get(path.name)
        if expected:
            score.add(score_document(expected, briefing_items(briefing)))
        day = _DAY.search(path.name)
        score.documents += 1
        score.right_dates += bool(day and day.group() == str(briefing.date))
    return score


_HORIZON_ITEM = re.compile(
    r"^## \[(?P<title>(?:[^\[\]]|\[[^\[\]]*\])+)\]\((?P<url>\S+)\) ", re.MULTILINE
)


def score_horizon(folder: Path) -> Score:
    """Score the ranked dailies; every linked heading of the second level is an item."""
    score = Score()
    for path in sorted(folder.glob("*.md")):
        briefing = parse_briefing(path.read_bytes(), path.name)
        expected: list[Expected] = []
        for match in _HORIZON_ITEM.finditer(path.read_text()):
            expected.append(Expected(match["title"][:40], (match["url"],)))
        score.add(score_document(expected, briefing_items(briefing)))
        score.documents += 1
        score.right_dates += path.name.startswith(str(briefing.date))
    return score


def score_own_layout(path: Path) -> Score:
    """Score one document of `tests/parse/layouts` against the JSON file beside it."""
    truth = json.loads(path.with_suffix(".json").read_text())
    briefing = parse_briefing(path.read_bytes(), path.name)
    expected: list[Expected] = []
    for entry in truth["items"]:
        expected.append(Expected(entry["title"], tuple(entry.get("urls", []))))
    score = score_document(expected, briefing_items(briefing))
    score.documents = 1
    score.right_dates = int(truth["date"] == str(briefing.date))
    return score


def all_scores() -> dict[str, Score]:
    """Return the score of every folder and own document that is there, by name."""
    scores: dict[str, Score] = {}
    for folder in sorted((CORPORA / "open-dailies").glob("*/")):
        scores[folder.name] = score_open_dailies(folder)
    if (CORPORA / "horizon-tw").is_dir():
        scores["horizon-tw"] = score_horizon(CORPORA / "horizon-tw")
    for path in sorted(OWN_LAYOUTS.glob("*.md")):
        scores[f"own: {path.stem}"] = score_own_layout(path)
    return scores


def table(scores: dict[str, Score]) -> str:
    """Return `scores` as a Markdown table, the sum of the corpora last."""
    rows = [
        "| documents | items | precision | recall | F1 | sources | dates |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    total = Score()
    for name, score in scores.items():
        rows.append(_row(name, score))
        if not name.startswith("own: "):
            total.add(score)
    rows.append(_row("all corpora", total))
    return "\n".join(rows)


def _row(name: str, score: Score) -> str:
    shares = (score.precision, score.recall, score.f1, score.sources, score.dates)
    numbers = " | ".join(f"{share:.3f}" for share in shares)
    return f"| {name} | {score.expected_items} | {numbers} |"


def main(names: list[str]) -> None:
    """Print the table; for each of `names` also what was missed and what was taken wrongly."""
    scores = all_scores()
    print(table(scores))
    for name in names:
        print(f"\n{name}: missed")
        print("\n".join(scores[name].missed))
        print(f"\n{name}: not expected")
        print("\n".join(scores[name].spurious))


if __name__ == "__main__":
    main(sys.argv[1:])
