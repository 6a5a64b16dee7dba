"""Measure entity resolution against a gold set: `python -m tests.eval.entities [--gold DIR] [--errors]`.

Three systems stand side by side: the resolver with the whole catalogue; the resolver without what the catalogue knows
about the names in question (leave-cluster-out); and `name_key` equality alone. Leave-cluster-out splits the gold
clusters into folds; for each fold every catalogued entity that any of its names reaches, by whatever rule, is dropped,
all names are resolved as one document, and only this fold's names are judged.
"""

import argparse
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.names import name_key
from app.normalize.entities.resolve import resolve_names

ROOT = Path(__file__).resolve().parents[2]
FOLDS = 10
NEVER = ("version-differs", "family-vs-member", "product-vs-company")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, and whether the gold holds them to be one."""

    a: str
    b: str
    same: bool
    kind: str
    gold_a: str
    gold_b: str


@dataclass(slots=True)
class Score:
    """Counts over pairs, and B-cubed figures over clusters."""

    hits: Counter[str] = field(default_factory=Counter)
    positives: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    negatives: Counter[str] = field(default_factory=Counter)
    bcubed: tuple[float, float] = (0.0, 0.0)
    wrong: list[Pair] = field(default_factory=list)

    @property
    def precision(self) -> float:
        found = self.hits.total() + self.false.total()
        return self.hits.total() / found if found else 1.0

    @property
    def recall(self) -> float:
        return self.hits.total() / self.positives.total() if self.positives.total() else 1.0


def f1(precision: float, recall: float) -> float:
    """The harmonic mean, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def read_lines(path: Path) -> list[dict[str, object]]:
    """The objects of a JSON lines file."""
    return [
        json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def read_catalogue(folder: Path) -> Catalogue:
    """The catalogue in the seed files; empty where there are none."""
    return Catalogue.from_records(
        record for path in sorted(folder.glob("*.jsonl")) for record in read_lines(path)
    )


def read_pairs(path: Path) -> list[Pair]:
    """The gold pairs."""
    names = ("a", "b", "same", "kind", "gold_a", "gold_b")
    return [Pair(**{name: row[name] for name in names}) for row in read_lines(path)]  # type: ignore[arg-type]


def fold_of(cluster: str) -> int:
    """The fold a gold cluster falls in, the same on every run."""
    return zlib.crc32(cluster.encode()) % FOLDS


def assign(names: Sequence[str], catalogue: Catalogue) -> dict[str, str]:
    """Name → entity, all names listed in one document."""
    return {decision.name: decision.entity for decision in resolve_names(names, catalogue)}


def judge_pairs(pairs: Iterable[Pair], merged: Mapping[Pair, bool]) -> Score:
    """Count right and wrong over `pairs`."""
    score = Score()
    for pair in pairs:
        (score.positives if pair.same else score.negatives)[pair.kind] += 1
        if merged[pair]:
            (score.hits if pair.same else score.false)[pair.kind] += 1
        if merged[pair] != pair.same:
            score.wrong.append(pair)
    return score


def bcubed(
    rows: Sequence[tuple[str, str]], found: Sequence[Mapping[str, str]], fold: Sequence[int]
) -> tuple[float, float]:
    """B-cubed precision and recall over (name, gold cluster) rows; row i is judged in `found[fold[i]]`."""
    precision = recall = 0.0
    gold_sizes = Counter(gold for _, gold in rows)
    overlaps = [Counter((system[name], gold) for name, gold in rows) for system in found]
    sizes = [Counter(system[name] for name, _ in rows) for system in found]
    for (name, gold), at in zip(rows, fold, strict=True):
        entity = found[at][name]
        overlap = overlaps[at][entity, gold]
        precision += overlap / sizes[at][entity]
        recall += overlap / gold_sizes[gold]
    return precision / len(rows), recall / len(rows)


def with_catalogue(
    pairs: Sequence[Pair], rows: Sequence[tuple[str, str]], catalogue: Catalogue
) -> Score:
    """The resolver as it is shipped."""
    found = assign(_names(pairs, rows), catalogue)
    score = judge_pairs(pairs, {pair: found[pair.a] == found[pair.b] for pair in pairs})
    score.bcubed = bcubed(rows, [found], [0] * len(rows))
    return score


def leave_cluster_out(
    pairs: Sequence[Pair], rows: Sequence[tuple[str, str]], catalogue: Catalogue
) -> Score:
    """The resolver without what the catalogue knows of the names judged. A pair across two folds must hold in both."""
    names = _names(pairs, rows)
    entity = assign(names, catalogue)
    touched: defaultdict[int, set[str]] = defaultdict(set)
    for name, gold in {*rows, *((p.a, p.gold_a) for p in pairs), *((p.b, p.gold_b) for p in pairs)}:
        spelling = catalogue.parse(name)
        reached = {entity[name], *catalogue.slugs_by_name(name), *catalogue.slugs_by_key(spelling.key)}
        for kind in ("full", "core", "order"):
            reached.update(catalogue.slugs_by_spelling(kind, getattr(spelling, kind)))
        touched[fold_of(gold)] |= reached & catalogue.entities.keys()
    found = [assign(names, catalogue.without(touched[fold])) for fold in range(FOLDS)]
    merged = {}
    for pair in pairs:
        folds = {fold_of(pair.gold_a), fold_of(pair.gold_b)}
        merged[pair] = any(found[fold][pair.a] == found[fold][pair.b] for fold in folds)
    score = judge_pairs(pairs, merged)
    score.bcubed = bcubed(rows, found, [fold_of(gold) for _, gold in rows])
    return score


def folding_only(pairs: Sequence[Pair], rows: Sequence[tuple[str, str]]) -> Score:
    """Equality of `name_key`, and nothing else."""
    found = {name: name_key(name) for name in _names(pairs, rows)}
    score = judge_pairs(pairs, {pair: found[pair.a] == found[pair.b] for pair in pairs})
    score.bcubed = bcubed(rows, [found], [0] * len(rows))
    return score


def _names(pairs: Sequence[Pair], rows: Sequence[tuple[str, str]]) -> list[str]:
    return sorted({name for name, _ in rows} | {p.a for p in pairs} | {p.b for p in pairs})


def table(scores: Mapping[str, Score]) -> str:
    """The scores side by side, as Markdown."""
    lines = ["| | " + " | ".join(scores) + " |", "|---|" + "---|" * len(scores)]

    def row(title: str, cells: Iterable[str]) -> None:
        lines.append(f"| {title} | " + " | ".join(cells) + " |")

    row("pairs: precision", (f"{s.precision:.4f}" for s in scores.values()))
    row("pairs: recall", (f"{s.recall:.4f}" for s in scores.values()))
    row("pairs: F1", (f"{f1(s.precision, s.recall):.4f}" for s in scores.values()))
    row("clusters: B³ precision", (f"{s.bcubed[0]:.4f}" for s in scores.values()))
    row("clusters: B³ recall", (f"{s.bcubed[1]:.4f}" for s in scores.values()))
    row("clusters: B³ F1", (f"{f1(*s.bcubed):.4f}" for s in scores.values()))
    first = next(iter(scores.values()))
    for kind in sorted(first.positives):
        row(f"recall, {kind}", (f"{s.hits[kind]}/{s.positives[kind]}" for s in scores.values()))
    for kind in sorted(first.negatives):
        mark = " (must be 0)" if kind in NEVER else ""
        row(
            f"false merges, {kind}{mark}",
            (f"{s.false[kind]}/{s.negatives[kind]}" for s in scores.values()),
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; with `--errors` also the pairs judged wrongly. Returns 0 where the gold set is absent, too."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval.entities", description=__doc__)
    parser.add_argument(
        "--gold", type=Path, default=ROOT.parent / "shared" / "gold", help="folder of the gold set"
    )
    parser.add_argument("--catalogue", type=Path, default=ROOT / "seeds" / "catalogue")
    parser.add_argument("--errors", action="store_true", help="list the pairs judged wrongly")
    args = parser.parse_args(argv)
    pairs_file, rows_file = (
        args.gold / "gold_pairs.dev.jsonl",
        args.gold / "entities_gold.dev.jsonl",
    )
    if not pairs_file.exists() or not rows_file.exists():
        print(f"No gold set in {args.gold}: nothing measured.")
        return 0
    pairs = read_pairs(pairs_file)
    rows = [(str(row["mention"]), str(row["gold"])) for row in read_lines(rows_file)]
    catalogue = read_catalogue(args.catalogue)
    scores = {
        "with catalogue": with_catalogue(pairs, rows, catalogue),
        "leave-cluster-out": leave_cluster_out(pairs, rows, catalogue),
        "folding only": folding_only(pairs, rows),
    }
    print(f"{len(pairs)} pairs, {len(rows)} mentions, {len(catalogue)} catalogued entities\n")
    print(table(scores))
    if args.errors:
        for title, score in scores.items():
            print(f"\n## {title}")
            for pair in score.wrong:
                print(f"{'missed' if pair.same else 'FALSE'}\t{pair.kind}\t{pair.a}\t{pair.b}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
