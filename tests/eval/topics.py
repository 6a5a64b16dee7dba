"""Compare the topics of the drafting stage with labels: precision and recall of pairs.

    python -m tests.eval.topics [-v] [FILE]

`topics.txt` holds articles in three languages, written for this purpose after news of late 2025 and
January 2026, under the labels of their events; below `# single` each article is an event of its
own. A pair is right if both articles are of one event. The rules were tuned on this file, so its
figures describe fit. `topics_held_out.txt` was written afterwards and has decided nothing.
"""

import sys
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from app.draft.article import Candidate, named_article
from app.draft.topics import group
from app.knowledge import knowledge
from app.parse.language import find_language

FILE = Path(__file__).with_name("topics.txt")
START = datetime(2026, 1, 10, tzinfo=UTC)


def labelled() -> list[tuple[str, Candidate]]:
    """Return each article with the label of its event."""
    articles: list[tuple[str, Candidate]] = []
    event = ""
    for line in FILE.read_text().splitlines():
        if line.startswith("# "):
            event = line.removeprefix("# ")
            continue
        title, _, text = line.partition("｜")
        number = len(articles)
        label = f"{event} {number}" if event == "single" else event
        candidate = Candidate(
            id=f"n_{number:03}",
            source_id=f"s_{number:03}",
            url=f"https://site{number}.example/{number}",
            publisher=f"site{number}.example",
            title=title,
            text=text,
            language=find_language(title + text),
            moment=START + timedelta(minutes=number * 7 % 1440),
            authority=0.5,
            section=None,
        )
        articles.append((label, candidate))
    return articles


def pairs(groups: list[list[str]]) -> set[tuple[str, str]]:
    """Return the pairs of ids within groups."""
    result = set()
    for members in groups:
        result.update(combinations(sorted(members), 2))
    return result


def main(verbose: bool) -> None:
    """Print precision and recall, in all and by kind of pair."""
    articles = labelled()
    label_of = {candidate.id: label for label, candidate in articles}
    by_id = {candidate.id: candidate for _, candidate in articles}
    events: dict[str, list[str]] = {}
    for label, candidate in articles:
        events.setdefault(label, []).append(candidate.id)
    ordered = sorted(by_id.values(), key=lambda candidate: (candidate.moment, candidate.id))
    named = [
        named_article(candidate, order, knowledge()) for order, candidate in enumerate(ordered)
    ]
    topics = [[entry.article.id for entry in topic] for topic in group(named)]
    expected, found_pairs = pairs(list(events.values())), pairs(topics)
    print(f"{len(articles)} articles, {len(events)} events, {len(topics)} topics")
    print_figures("all", expected, found_pairs)
    for name, across in (("one language", False), ("two languages", True)):

        def alike(pair: tuple[str, str], apart: bool = across) -> bool:
            families = {by_id[entry].language[:2] for entry in pair}
            return (len(families) > 1) == apart

        print_figures(name, set(filter(alike, expected)), set(filter(alike, found_pairs)))
    if verbose:
        for kind, wrong in (("joined", found_pairs - expected), ("apart", expected - found_pairs)):
            for left, right in sorted(wrong):
                print(f"{kind}: {by_id[left].title} / {by_id[right].title}")


def print_figures(
    name: str, expected: set[tuple[str, str]], found_pairs: set[tuple[str, str]]
) -> None:
    """Print precision and recall of some pairs."""
    right = len(expected & found_pairs)
    precision = right / len(found_pairs) if found_pairs else 1.0
    recall = right / len(expected) if expected else 1.0
    print(f"{name}: P {precision:.3f} R {recall:.3f} ({right} right pairs of {len(expected)})")


if __name__ == "__main__":
    main("-v" in sys.argv)
