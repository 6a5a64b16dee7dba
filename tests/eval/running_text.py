"""Evaluation of names in running text: false names avoided, true names found.

Run `python -m tests.eval.running_text [--errors]`. The sentences are in `running_text.txt`. Each is
read as written and, if it has traditional characters, in simplified script (OpenCC t2s) as well.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.normalize.entities.mentions import NameMatch, Scanner
from app.normalize.text.folding import simplified
from tests.eval.entities import ROOT, read_catalogue

SENTENCES = Path(__file__).with_name("running_text.txt")
_MARK = re.compile(r"\[(?:\+(?P<slug>[^:\]]+):|=(?P<key>[^:\]]+):|-)(?P<surface>[^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Expectation:
    """Characters of a sentence: a mention of the entity `node`, or no mention if it is empty."""

    start: int
    end: int
    node: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without its marks, the title of its part, and what is expected of a scan."""

    part: str
    text: str
    expectations: tuple[Expectation, ...]

    @property
    def in_simplified(self) -> "Sentence":
        """The sentence in simplified script; positions stay."""
        return Sentence(self.part, simplified(self.text), self.expectations)


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that a scan did not meet."""

    sentence: Sentence
    expectation: Expectation

    def __str__(self) -> str:
        surface = self.sentence.text[self.expectation.start : self.expectation.end]
        kind = "missed" if self.expectation.node else "FALSE"
        return f"{kind}\t{surface}\t{self.expectation.node}\t{self.sentence.text}"


@dataclass(slots=True)
class Score:
    """Numbers of expectations and of those met, by (part, whether a name is expected)."""

    total: Counter[tuple[str, bool]]
    met: Counter[tuple[str, bool]]
    failures: list[Failure]

    def share(self, is_name: bool) -> str:
        """Return met of all expectations of one sign, with the share in percent."""
        met = sum(count for (_, sign), count in self.met.items() if sign is is_name)
        total = sum(count for (_, sign), count in self.total.items() if sign is is_name)
        percent = 100 * met / total if total else 100.0
        return f"{met}/{total} ({percent:.1f} %)"


def read_sentences(path: Path = SENTENCES) -> Iterator[Sentence]:
    """Yield the sentences of a file; `##` begins a part."""
    part = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("##"):
            part = line.lstrip("# ")
        elif line.strip() and not line.startswith("#"):
            yield read_sentence(line, part)


def read_sentence(line: str, part: str = "") -> Sentence:
    """Return a line without its marks, and the expectations of the marks."""
    line = line.replace("\\n", "\n")
    text = ""
    expectations: list[Expectation] = []
    position = 0
    for mark in _MARK.finditer(line):
        text += line[position : mark.start()]
        start = len(text)
        text += mark["surface"]
        node = f"c:{mark['slug']}" if mark["slug"] else ""
        if mark["key"]:
            node = f"k:{mark['key']}"
        expectations.append(Expectation(start, len(text), node))
        position = mark.end()

    return Sentence(part, text + line[position:], tuple(expectations))


def judge(sentences: Sequence[Sentence], scanner: Scanner) -> Score:
    """Return how many expectations a scan of each sentence meets."""
    score = Score(Counter(), Counter(), [])
    for sentence in sentences:
        matches = scanner.scan(sentence.text)
        for expectation in sentence.expectations:
            is_name = bool(expectation.node)
            key = (sentence.part, is_name)
            score.total[key] += 1
            if _is_met(expectation, matches):
                score.met[key] += 1
            else:
                score.failures.append(Failure(sentence, expectation))
    return score


def _is_met(expectation: Expectation, matches: Sequence[NameMatch]) -> bool:
    """Return whether the matches in a sentence are as expected.

    A longer spelling of the entity is fine (華為技術有限公司). Where no name is expected, another name
    may overlap (東京 beside 京東).
    """
    if expectation.node.startswith("k:"):
        return any(
            match.node == expectation.node and match.start == expectation.start for match in matches
        )
    if expectation.node:
        return any(
            match.node == expectation.node
            and match.start <= expectation.start
            and expectation.end <= match.end
            for match in matches
        )
    return not any(
        expectation.start <= match.start and match.end <= expectation.end for match in matches
    )


def scripts(sentences: Sequence[Sentence]) -> dict[str, list[Sentence]]:
    """Return script → sentences: those written in traditional script, and all in simplified."""
    converted = [sentence.in_simplified for sentence in sentences]
    traditional = [s for s, other in zip(sentences, converted, strict=True) if s != other]
    return {"Traditional": traditional, "Simplified": converted}


def table(scores: dict[str, Score]) -> str:
    """Return the scores of the scripts side by side, as a Markdown table."""
    lines = [
        "| | " + " | ".join(scores) + " |",
        "|---|" + "---|" * len(scores),
    ]
    for title, is_name in (("false names avoided", False), ("true names found", True)):
        cells = " | ".join(score.share(is_name) for score in scores.values())
        lines.append(f"| {title} | {cells} |")
    for part, is_name in sorted(set().union(*(score.total for score in scores.values()))):
        cells = " | ".join(
            f"{score.met[part, is_name]}/{score.total[part, is_name]}" for score in scores.values()
        )
        sign = "found" if is_name else "avoided"
        lines.append(f"| {part} ({sign}) | {cells} |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, and with `--errors` the expectations not met; return the exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval.running_text")
    parser.add_argument("--errors", action="store_true", help="list the expectations not met")
    args = parser.parse_args(argv)
    scanner = Scanner(read_catalogue(ROOT / "seeds" / "catalogue"))
    sentences = list(read_sentences())
    scores = {title: judge(lines, scanner) for title, lines in scripts(sentences).items()}
    print(f"{len(sentences)} sentences with names in running text\n")
    print(table(scores))
    if args.errors:
        for title, score in scores.items():
            print(f"\n## {title}")
            print(*score.failures, sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
