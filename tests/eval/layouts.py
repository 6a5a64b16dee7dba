"""Score the reading of foreign layouts: items, their sources and the dates of real and own documents.

The open dailies and horizon stand in `../shared/corpora`; a folder that is absent is left out. The
documents of `tests/parse/layouts` come with their expected outline. Matching is by the first
characters of a title after its markup is removed. An outline with a `title` is whole: then titles,
publishers without an address, the label above each item, and the document's title and language
are compared, too.
"""

import html
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
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
    publishers: tuple[str, ...] = ()
    under: str | None = None
    """The section or group above, "" for none; None where the outline does not say."""


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
    whole_items: int = 0
    right_titles: int = 0
    right_places: int = 0
    headings: int = 0
    right_headings: int = 0
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
        self.whole_items += other.whole_items
        self.right_titles += other.right_titles
        self.right_places += other.right_places
        self.headings += other.headings
        self.right_headings += other.right_headings
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
    def source_precision(self) -> float:
        """Share of the sources read on matched items that were expected there."""
        return _ratio(self.matched_sources, self.read_sources)

    @property
    def titles(self) -> float:
        """Share of the items of whole outlines whose title is right to its end."""
        return _ratio(self.right_titles, self.whole_items)

    @property
    def places(self) -> float:
        """Share of the items of whole outlines that stand under the right section or group."""
        return _ratio(self.right_places, self.whole_items)

    @property
    def document_titles(self) -> float:
        """Share of the whole outlines whose document has the right title and language."""
        return _ratio(self.right_headings, self.headings)

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


def _whole(text: str) -> str:
    return bare(text).rstrip(".。:：")


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


def briefing_places(briefing: BriefingDraft) -> dict[int, str]:
    """Return the section or group that each item stands under, by the item's identity."""
    places: dict[int, str] = {}
    for section in briefing.body.sections:
        for item in section.items:
            places[id(item)] = item.parent or section.title.text
    return places


def score_document(
    expected: list[Expected],
    items: list[ItemDraft],
    places: dict[int, str] | None = None,
) -> Score:
    """Match each expected item with the first unmatched item of its title.

    `places` are the labels above the items of a whole outline.
    """
    score = Score(expected_items=len(expected), read_items=len(items))
    left = list(items)
    for entry in expected:
        score.expected_sources += len(entry.urls) + len(entry.publishers)
        score.whole_items += places is not None
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
        for name in entry.publishers:
            if any(name == source.label for source in match.sources):
                score.matched_sources += 1
            else:
                score.missed.append(f"  publisher {name} of {entry.title_start}")
        if places is not None:
            _score_place(score, entry, match, places[id(match)])
    score.spurious.extend(item.title.text for item in left)
    return score


def _score_place(score: Score, entry: Expected, item: ItemDraft, place: str) -> None:
    if _whole(entry.title_start) == _whole(item.title.text):
        score.right_titles += 1
    else:
        score.missed.append(f"  title {item.title.text} for {entry.title_start}")
    if _whole(entry.under or "") == _whole(place):
        score.right_places += 1
    else:
        score.missed.append(f"  {entry.title_start} under {place or 'no label'}")


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
        urls, publishers = entry.get("urls", ()), entry.get("publishers", ())
        expected.append(
            Expected(entry["title"], tuple(urls), tuple(publishers), entry.get("under"))
        )
    whole = "title" in truth
    places = briefing_places(briefing) if whole else None
    score = score_document(expected, briefing_items(briefing), places)
    score.documents = 1
    score.right_dates = int(truth["date"] == str(briefing.date))
    if whole:
        score.headings = 1
        read = (briefing.title, truth.get("language") and briefing.language)
        score.right_headings = int(read == (truth["title"], truth.get("language")))
        if not score.right_headings:
            score.missed.append(f"  document {read}")
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
    return "\n".join((*rows, "", whole_outlines(scores.values())))


def whole_outlines(scores: Iterable[Score]) -> str:
    """Return a sentence on the documents whose outline states more than the items."""
    total = Score()
    for score in scores:
        if score.headings:
            total.add(score)
    return (
        f"{total.headings} whole outlines, {total.whole_items} items: precision "
        f"{total.precision:.3f}, recall {total.recall:.3f}, titles {total.titles:.3f}, labels above "
        f"{total.places:.3f}, sources {total.sources:.3f} (precision {total.source_precision:.3f}), "
        f"titles of documents {total.document_titles:.3f}, dates {total.dates:.3f}"
    )


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
