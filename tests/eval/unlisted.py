"""Evaluation of the names that no catalogue has: how many are proposed, and are they names.

Run `python -m tests.eval.unlisted [FOLDER…] [--labels FILE] [--list N]`. Without folders, the
corpora beside the project are read, if they are there. Labels are in `unlisted.txt`, those of
further dailies in `unlisted_second.txt`.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.normalize.entities.names import name_key
from app.normalize.unlisted import UnlistedMention
from app.reading import parse_document
from tests.eval.entities import ROOT

LABELS = Path(__file__).with_name("unlisted.txt")
CORPORA = ROOT.parent / "shared" / "corpora"
SUPPORT = 2
"""Different sentences that a proposal recurs in at least."""


def documents(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.rglob("20*.md"))


def mentions(path: Path) -> Iterator[UnlistedMention]:
    """Yield the unlisted names of a document."""
    decided = parse_document(path.read_bytes(), path.name).decide("daily", "daily", {})
    yield from decided.unlisted
    for _, items in decided.sections:
        for item in items:
            yield from item.unlisted


def proposals(paths: Iterable[Path]) -> dict[str, tuple[str, int]]:
    """Return the first spelling and the number of sentences of each proposed name, by key."""
    sentences: defaultdict[str, set[str]] = defaultdict(set)
    surfaces: dict[str, str] = {}
    for path in paths:
        for mention in mentions(path):
            sentences[mention.key].add(mention.text)
            surfaces.setdefault(mention.key, mention.surface)
    proposed = {}
    for key, texts in sentences.items():
        if len(texts) >= SUPPORT:
            proposed[key] = surfaces[key], len(texts)
    return proposed


def labels(path: Path) -> dict[str, set[str]]:
    """Return the keys under each heading of a file of labels."""
    keys: dict[str, set[str]] = {}
    heading = ""
    for line in path.read_text().splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
            keys[heading] = set()
        elif line and not line.startswith("#"):
            keys[heading].add(name_key(line))
    return keys


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--list", type=int, default=0, help="print so many proposals")
    arguments = parser.parse_args()
    folders = arguments.folders or [CORPORA / "horizon-tw", CORPORA / "open-dailies"]
    proposed = proposals(documents(folders))
    if not proposed:
        print("There are no documents; name folders of dailies.")
        return
    ranked = sorted(proposed.items(), key=lambda entry: (-entry[1][1], entry[0]))
    for _, (surface, count) in ranked[: arguments.list]:
        print(f"{count}\t{surface}")

    labelled = labels(arguments.labels)
    no_names = labelled.pop("no names")
    right = len(proposed.keys() - no_names)
    print(f"proposals that are names: {right}/{len(proposed)}")
    for heading, names in labelled.items():
        print(f"{heading} proposed: {len(names & proposed.keys())}/{len(names)}")
    first = [key for key, _ in ranked[:100]]
    wrong = len(no_names.intersection(first))
    print(f"of the first 100 proposals, names: {len(first) - wrong}/{len(first)}")


if __name__ == "__main__":
    main()
