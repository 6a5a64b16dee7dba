"""Compare the topics of the drafting stage with labels: precision and recall of pairs.

    python -m tests.eval.topics [-v] [FILE]

`topics.txt` holds articles in three languages, written for this purpose after news of late 2025 and
January 2026, under the labels of their events; below `# single` each article is an event of its
own, and a label that names a file is an event of that file. A pair is right if both articles are of
one event. The rules were tuned on `topics.txt` and, after one look at each, on `topics_second.txt`
and `topics_third.txt`, so their figures describe fit. `topics_held_out.txt` and `topics_fourth.txt`
were written before they were looked at and decided nothing at that look.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from app.draft.article import CollectedArticle, named_article
from app.draft.topics import group
from app.knowledge import knowledge
from app.parse.language import find_language

FILE = Path(__file__).with_name("topics.txt")
FILES = [
    FILE,
    *map(
        FILE.with_name,
        ("topics_second.txt", "topics_held_out.txt", "topics_third.txt", "topics_fourth.txt"),
    ),
]
START = datetime(2026, 1, 10, tzinfo=UTC)


def labelled(files: Iterable[Path]) -> list[tuple[str, CollectedArticle]]:
    """Return each article of some files with the label of its event."""
    articles: list[tuple[str, CollectedArticle]] = []
    event = ""
    for file in files:
        for line in file.read_text().splitlines():
            if line.startswith("# "):
                event = line.removeprefix("# ")
                continue
            title, _, text = line.partition("｜")
            number = len(articles)
            label = event if ".txt " in event else f"{file.name} {event}"
            if event == "single":
                label = f"{event} {number}"
            articles.append((label, candidate(number, title, text)))
    return articles


def candidate(number: int, title: str, text: str) -> CollectedArticle:
    """Return an article of a publisher of its own, at a moment that its number decides."""
    return CollectedArticle(
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


def pairs(groups: list[list[str]]) -> set[tuple[str, str]]:
    """Return the pairs of ids within groups."""
    result: set[tuple[str, str]] = set()
    for members in groups:
        result.update(combinations(sorted(members), 2))
    return result


def main(files: Sequence[Path], verbose: bool) -> None:
    """Print precision and recall, in all and by kind of pair."""
    articles = labelled(files)
    by_id = {article.id: article for _, article in articles}
    events: dict[str, list[str]] = {}
    for label, article in articles:
        events.setdefault(label, []).append(article.id)
    ordered = sorted(by_id.values(), key=lambda article: (article.moment, article.id))
    named = [named_article(article, order, knowledge()) for order, article in enumerate(ordered)]
    topics = [[entry.article.id for entry in topic] for topic in group(named)]
    expected, drafted_pairs = pairs(list(events.values())), pairs(topics)
    print(
        f"{', '.join(file.name for file in files)}: {len(articles)} articles, "
        f"{len(events)} events, {len(topics)} topics"
    )
    print_figures("all", expected, drafted_pairs)
    for name, across in (("one language", False), ("two languages", True)):

        def alike(pair: tuple[str, str], apart: bool = across) -> bool:
            families = {by_id[entry].language[:2] for entry in pair}
            return (len(families) > 1) == apart

        print_figures(name, set(filter(alike, expected)), set(filter(alike, drafted_pairs)))
    if verbose:
        for kind, wrong in (
            ("joined", drafted_pairs - expected),
            ("apart", expected - drafted_pairs),
        ):
            for left, right in sorted(wrong):
                print(f"{kind}: {by_id[left].title} / {by_id[right].title}")


def print_figures(
    name: str, expected: set[tuple[str, str]], drafted_pairs: set[tuple[str, str]]
) -> None:
    """Print precision and recall of some pairs."""
    right = len(expected & drafted_pairs)
    precision = right / len(drafted_pairs) if drafted_pairs else 1.0
    recall = right / len(expected) if expected else 1.0
    print(f"{name}: P {precision:.3f} R {recall:.3f} ({right} right pairs of {len(expected)})")


if __name__ == "__main__":
    chosen_files = [Path(argument) for argument in sys.argv[1:] if argument != "-v"]
    for path in chosen_files or FILES:
        main([path], "-v" in sys.argv)
    if not chosen_files:
        main(FILES, "-v" in sys.argv)
