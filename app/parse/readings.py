"""Candidate readings of a document: each is scored, the best one wins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.parse.dialects import horizon, sections
from app.parse.dialects.described import Dialect, StatedDay
from app.parse.draft import (
    Body,
    Passage,
    ReadingScore,
)
from app.parse.field_rows import count_known_fields
from app.parse.lost_lines import lost_lines
from app.parse.markdown import Block, MarkdownDocument
from app.parse.numbered_sources import (
    NumberedList,
    blanked,
    is_settled,
    placements,
    source_lists,
    uncited_entries,
    with_placed_sources,
)
from app.parse.references import (
    References,
    read_references,
)
from app.parse.structure.choice import (
    Plan,
    Structure,
)
from app.parse.structure.in_order import (
    with_listed_sources,
)
from app.parse.structure.plain_titles import with_plain_titles
from app.parse.structure.publishers import with_publishers
from app.parse.structure.reader import read_plan
from app.parse.structure.scoring import Outline, ReadingScorer, plan_outlines
from app.parse.structure.tree import (
    Branch,
    build,
    cleaned,
    top_branches,
)

_FIELD_BONUS = 0.3
# A heading whose children repeat is a category: without labels nothing makes it an item.
_COARSE_WEIGHT = 0.1
_LOSS_WEIGHT = 0.3
_NO_LABELS_MALUS = 0.02
# Among equals: a known layout names its sections, 「## 1. OpenAI、GPT-6を発表」 is none of them.
_NO_SECTIONS_MALUS = 0.01
_MIN_FIELDS = 2
_NAMES = {
    "mixed": "structure",
    "headings": "headings",
    "units": "units",
    "described": "described",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The body as the best reading has it, with what decided."""

    name: str
    body: Body
    readings: tuple[ReadingScore, ...]
    """The scores, best first."""
    structure: Structure
    scorer: ReadingScorer
    dialect: Dialect | None = None
    """The described dialect that matched."""
    day: StatedDay = field(default_factory=StatedDay)
    """The day that its pattern found."""
    unplaced: tuple[Passage, ...] = ()
    """Numbered sources that no item cites."""


def choose(
    document: MarkdownDocument,
    blocks: list[Block],
    base: str | None = None,
    dialects: Sequence[Dialect] = (),
    name: str = "",
) -> Chosen:
    """Read a document in every way known and return the best reading.

    A described dialect that matches the document is taken before all others. Lists of numbered
    sources that several items share are read apart from the rest.
    """
    dialect = next(
        (entry for entry in dialects if entry.matches(name, document.text)),
        None,
    )
    if dialect and dialect.base:
        base = dialect.base
    chosen = _choose(document, blocks, base, dialect, name)
    after = blocks[0].first - 1 if blocks else 0
    lists = source_lists(document, after, chosen.structure.references)
    if not lists or is_settled(lists, chosen.body):
        return chosen
    without = _choose_without(
        document,
        after,
        lists,
        base,
        dialect,
        name,
    )
    placed = list(
        placements(
            document,
            lists,
            chosen.body,
            without.body,
        )
    )
    if not placed:
        return chosen
    if len(placed) < len(lists):
        shared = [placement.listed for placement in placed]
        without = _choose_without(
            document,
            after,
            shared,
            base,
            dialect,
            name,
        )
    body = with_placed_sources(without.body, placed)
    return replace(without, body=body, unplaced=tuple(uncited_entries(placed)))


def reread(
    document: MarkdownDocument, blocks: list[Block], layout: str, base: str | None = None
) -> Body | None:
    """Return the body of a document in the known `layout` that an earlier reading chose.

    Return None where readings must be compared: for other layouts, and for lists of numbered
    sources that several items share.
    """
    name, body = _known_layout(document, blocks)
    if name != layout:
        return None
    clean = list(cleaned(blocks, [], None))
    references = read_references(clean, list(_listed_blocks(build(clean, References()))), base)
    after = blocks[0].first - 1 if blocks else 0
    lists = source_lists(document, after, references)
    return body if not lists or is_settled(lists, body) else None


def _choose_without(
    document: MarkdownDocument,
    after: int,
    lists: Sequence[NumberedList],
    base: str | None,
    dialect: Dialect | None,
    name: str,
) -> Chosen:
    rest = blanked(document, lists)
    return _choose(rest, rest.blocks(after=after), base, dialect, name)


def _choose(
    document: MarkdownDocument,
    blocks: list[Block],
    base: str | None,
    dialect: Dialect | None,
    name: str,
) -> Chosen:
    labels: list[Passage] = []
    clean = list(cleaned(blocks, labels, dialect))
    if dialect is None:
        clean = with_plain_titles(clean, labels)
    tree = build(clean, References())
    references = read_references(clean, list(_listed_blocks(tree)), base)
    if dialect:
        references.ignores = dialect.ignores_source
    tree = build(clean, references)
    structure = Structure(tree, references, dialect)
    scorer = ReadingScorer(structure)
    candidates = list(_candidates(document, blocks, structure, scorer))
    candidates.sort(key=lambda candidate: -candidate.score.score)
    best = candidates[0]
    if best.plan:
        body = read_plan(
            document,
            structure,
            best.plan,
            top_branches(tree),
            labels,
        )
        body = with_publishers(with_listed_sources(body, tree, references), document)
        lost = tuple(
            lost_lines(
                document,
                body,
                clean[0].first - 1 if clean else 0,
            )
        )
        body = replace(body, labels=body.labels + lost)
    else:
        assert best.body
        body = best.body
    return Chosen(
        name=dialect.name if dialect else best.score.name,
        body=body,
        readings=tuple(candidate.score for candidate in candidates),
        structure=structure,
        scorer=scorer,
        dialect=dialect,
        day=dialect.stated_day(name, document.text) if dialect else StatedDay(),
    )


@dataclass(frozen=True, slots=True)
class _ScoredReading:
    score: ReadingScore
    body: Body | None = None
    plan: Plan | None = None


def _candidates(
    document: MarkdownDocument,
    blocks: list[Block],
    structure: Structure,
    scorer: ReadingScorer,
) -> Iterator[_ScoredReading]:
    if structure.dialect is None:
        name, body = _known_layout(document, blocks)
        outlines = _body_outlines(body)
        share = _fielded_share(body) if name == "sections" else _tagged_share(body)
        # Labels speak for a layout, but not where its items hold others.
        coarse = scorer.coarse_share(outlines)
        share *= 1.0 - coarse
        score = min(
            1.0,
            scorer.score(outlines) + _FIELD_BONUS * share,
        )
        score -= _LOSS_WEIGHT * _lost_share(body, scorer)
        # A known layout comes first among equals, but only where its labels are there.
        score -= 0.0 if share else _NO_LABELS_MALUS + _COARSE_WEIGHT * coarse
        if name == "sections" and not _names_sections(body):
            score -= _NO_SECTIONS_MALUS
        score -= _missed_rows_share(structure, outlines)
        yield _ScoredReading(
            ReadingScore(name, round(score, 3), len(outlines)),
            body=body,
        )
    for plan in structure.plans():
        outlines = plan_outlines(structure, plan)
        plan_score = round(scorer.score(outlines), 3)
        yield _ScoredReading(
            ReadingScore(
                _NAMES[plan.name],
                plan_score,
                len(outlines),
            ),
            plan=plan,
        )


def _missed_rows_share(structure: Structure, outlines: list[Outline]) -> float:
    """Return the share of linked rows of tables that are in no item, of these and all items."""
    inside: set[int] = set()
    for outline in outlines:
        inside.update(range(outline.first, outline.last + 1))
    missed = 0
    for leaf in structure.leaves:
        if leaf.units is None or leaf.units.form != "row" or leaf.barred or leaf.digest:
            continue
        missed += sum(unit.linked and unit.first not in inside for unit in leaf.units.units)
    return missed / (missed + len(outlines)) if missed else 0.0


def _names_sections(body: Body) -> bool:
    """Return whether the heading of any section is in the vocabulary."""
    return any(section.kind != "other" for section in body.sections)


def _known_layout(document: MarkdownDocument, blocks: list[Block]) -> tuple[str, Body]:
    if horizon.matches(document, blocks):
        return "horizon", horizon.read(document, blocks)
    return "sections", sections.read(document, blocks)


def _listed_blocks(root: Branch) -> Iterator[Block]:
    """Yield the blocks below headings such as 參考資料."""
    for branch in root.walk():
        if branch.apparatus == "references":
            yield from branch.all_blocks()


def _body_outlines(body: Body) -> list[Outline]:
    outlines: list[Outline] = []
    for section in body.sections:
        for item in section.items:
            span = item.span
            outlines.append(
                Outline(
                    item.title.text,
                    span.first_line,
                    span.last_line,
                )
            )
    return outlines


def _tagged_share(body: Body) -> float:
    """Return the share of ranked items with a line of tags or of where they were found."""
    count = tagged = 0
    for section in body.sections:
        for item in section.items:
            count += 1
            tagged += bool(item.entities or item.extra)
    return tagged / count if count else 0.0


def _lost_share(body: Body, scorer: ReadingScorer) -> float:
    """Return the share of items that name a source in their lines but have none."""
    count = lost = 0
    for section in body.sections:
        for item in section.items:
            count += 1
            sourced = any(source.target for source in item.sources)
            lost += not sourced and scorer.has_link(
                item.span.first_line,
                item.span.last_line,
            )
    return lost / count if count else 0.0


def _fielded_share(body: Body) -> float:
    """Return the share of items with two or more known fields."""
    count = fielded = 0
    for section in body.sections:
        for item in section.items:
            count += 1
            fielded += count_known_fields(item) >= _MIN_FIELDS
    return fielded / count if count else 0.0
