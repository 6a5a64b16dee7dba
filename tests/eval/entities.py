"""Evaluation of entity resolution against a gold set.

Run `python -m tests.eval.entities [--gold DIR] [--errors]`. Three systems are compared: the
resolver with the whole catalogue; the resolver without what the catalogue knows about the names in
question (leave-cluster-out); and equality of `name_key`. Leave-cluster-out splits the gold clusters
into folds. For each fold it drops every catalogued entity that a rule reaches from one of its names,
resolves all names as one document, and judges only the names of this fold.
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
FOLD_COUNT = 10
FORBIDDEN_MERGES = ("version-differs", "family-vs-member", "product-vs-company")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, and whether they are one entity in the gold set."""

    a: str
    b: str
    same: bool
    kind: str
    gold_a: str
    gold_b: str


@dataclass(slots=True)
class Score:
    """Counts over pairs, and B-cubed precision and recall over clusters."""

    hits: Counter[str] = field(default_factory=Counter)
    positives: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    negatives: Counter[str] = field(default_factory=Counter)
    bcubed: tuple[float, float] = (0.0, 0.0)
    wrong: list[Pair] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the merged pairs that are one entity."""
        merged = self.hits.total() + self.false.total()
        return self.hits.total() / merged if merged else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs of one entity that are merged."""
        positives = self.positives.total()
        return self.hits.total() / positives if positives else 1.0


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean; 0 if both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def read_lines(path: Path) -> list[dict[str, object]]:
    """Return the objects of a JSON lines file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def read_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue of the seed files; it is empty without files."""
    records: list[dict[str, object]] = []
    for path in sorted(folder.glob("*.jsonl")):
        records.extend(read_lines(path))
    return Catalogue.from_records(records)


def read_pairs(path: Path) -> list[Pair]:
    """Return the gold pairs."""
    return [
        Pair(
            a=str(row["a"]),
            b=str(row["b"]),
            same=bool(row["same"]),
            kind=str(row["kind"]),
            gold_a=str(row["gold_a"]),
            gold_b=str(row["gold_b"]),
        )
        for row in read_lines(path)
    ]


def fold_of(cluster: str) -> int:
    """Return the fold of a gold cluster; it is the same on every run."""
    return zlib.crc32(cluster.encode()) % FOLD_COUNT


def assign(names: Sequence[str], catalogue: Catalogue) -> dict[str, str]:
    """Return name → entity, with all names listed in one document."""
    return {decision.name: decision.entity for decision in resolve_names(names, catalogue)}


def judge_pairs(pairs: Iterable[Pair], merged: Mapping[Pair, bool]) -> Score:
    """Return the counts of right and wrong decisions on `pairs`."""
    score = Score()
    for pair in pairs:
        (score.positives if pair.same else score.negatives)[pair.kind] += 1
        if merged[pair]:
            (score.hits if pair.same else score.false)[pair.kind] += 1
        if merged[pair] != pair.same:
            score.wrong.append(pair)
    return score


def bcubed(
    rows: Sequence[tuple[str, str]],
    systems: Sequence[Mapping[str, str]],
    system_of_row: Sequence[int],
) -> tuple[float, float]:
    """Return B-cubed precision and recall over (name, gold cluster) rows.

    A system maps names to entities. Row i is judged in `systems[system_of_row[i]]`.
    """
    gold_sizes = Counter(gold for _, gold in rows)
    overlaps: list[Counter[tuple[str, str]]] = []
    sizes: list[Counter[str]] = []
    for system in systems:
        overlaps.append(Counter((system[name], gold) for name, gold in rows))
        sizes.append(Counter(system[name] for name, _ in rows))

    precision = recall = 0.0
    for (name, gold), index in zip(rows, system_of_row, strict=True):
        entity = systems[index][name]
        overlap = overlaps[index][entity, gold]
        precision += overlap / sizes[index][entity]
        recall += overlap / gold_sizes[gold]
    return precision / len(rows), recall / len(rows)


def judge_system(
    pairs: Sequence[Pair], rows: Sequence[tuple[str, str]], entities: Mapping[str, str]
) -> Score:
    """Return the score of one system (name → entity)."""
    score = judge_pairs(pairs, {pair: entities[pair.a] == entities[pair.b] for pair in pairs})
    score.bcubed = bcubed(rows, [entities], [0] * len(rows))
    return score


def with_catalogue(
    pairs: Sequence[Pair], rows: Sequence[tuple[str, str]], catalogue: Catalogue
) -> Score:
    """Return the score of the resolver as it is shipped."""
    entities = assign(_names(pairs, rows), catalogue)
    return judge_system(pairs, rows, entities)


def leave_cluster_out(
    pairs: Sequence[Pair], rows: Sequence[tuple[str, str]], catalogue: Catalogue
) -> Score:
    """Return the score of the resolver without the catalogue's knowledge of the names judged.

    A pair across two folds counts as merged if it is merged in either fold.
    """
    names = _names(pairs, rows)
    dropped = _slugs_by_fold(pairs, rows, catalogue)
    systems: list[dict[str, str]] = []
    for fold in range(FOLD_COUNT):
        systems.append(assign(names, catalogue.without(dropped[fold])))

    merged: dict[Pair, bool] = {}
    for pair in pairs:
        folds = {fold_of(pair.gold_a), fold_of(pair.gold_b)}
        merged[pair] = any(systems[fold][pair.a] == systems[fold][pair.b] for fold in folds)
    score = judge_pairs(pairs, merged)
    score.bcubed = bcubed(rows, systems, [fold_of(gold) for _, gold in rows])
    return score


def _slugs_by_fold(
    pairs: Sequence[Pair], rows: Sequence[tuple[str, str]], catalogue: Catalogue
) -> Mapping[int, set[str]]:
    """Return fold → slugs of the entities that a rule reaches from one of its names."""
    entities = assign(_names(pairs, rows), catalogue)
    judged = set(rows)
    for pair in pairs:
        judged |= {(pair.a, pair.gold_a), (pair.b, pair.gold_b)}

    slugs: defaultdict[int, set[str]] = defaultdict(set)
    for name, gold in judged:
        spelling = catalogue.parse(name)
        reached = {entities[name], *catalogue.slugs_by_name(name)}
        reached.update(catalogue.slugs_by_key(spelling.key))
        for kind in ("full", "core", "order"):
            reached.update(catalogue.slugs_by_spelling(kind, getattr(spelling, kind)))
        slugs[fold_of(gold)] |= reached & catalogue.entities.keys()
    return slugs


def folding_only(pairs: Sequence[Pair], rows: Sequence[tuple[str, str]]) -> Score:
    """Return the score of equality of `name_key`."""
    entities = {name: name_key(name) for name in _names(pairs, rows)}
    return judge_system(pairs, rows, entities)


def _names(pairs: Sequence[Pair], rows: Sequence[tuple[str, str]]) -> list[str]:
    return sorted({name for name, _ in rows} | {p.a for p in pairs} | {p.b for p in pairs})


def table(scores: Mapping[str, Score]) -> str:
    """Return the scores side by side, as a Markdown table."""
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
        mark = " (must be 0)" if kind in FORBIDDEN_MERGES else ""
        row(
            f"false merges, {kind}{mark}",
            (f"{s.false[kind]}/{s.negatives[kind]}" for s in scores.values()),
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, and with `--errors` the pairs judged wrongly; return the exit code 0."""
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
