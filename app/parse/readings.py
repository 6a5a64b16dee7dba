"""Candidate readings of a document: each is scored, the best one wins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.parse.dialects import horizon, sections
from app.parse.draft import Body, Passage, ReadingScore
from app.parse.fields import count_known_fields
from app.parse.markdown import Block, Document
from app.parse.references import References, read_references
from app.parse.structure.choice import Measure, Outline, Plan, Structure, plan_outlines
from app.parse.structure.in_order import with_listed_sources
from app.parse.structure.reader import read_plan
from app.parse.structure.tree import Branch, build, cleaned

_FIELD_BONUS = 0.3
_MIN_FIELDS = 2
_DAY = re.compile(r"20\d{2}\s*[-/.年]\s*\d{1,2}")
_NAMES = {"mixed": "structure", "headings": "headings", "units": "units"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The body as the best reading has it, its name, and the two best scores."""

    name: str
    body: Body
    readings: tuple[ReadingScore, ...]
    structure: Structure


def choose(document: Document, blocks: list[Block], base: str | None = None) -> Chosen:
    """Read a document in every way known and return the best reading."""
    labels: list[Passage] = []
    clean = list(cleaned(blocks, labels))
    tree = build(clean, References())
    references = read_references(clean, list(_listed_blocks(tree)), base)
    tree = build(clean, references)
    structure = Structure(tree, references)
    measure = Measure(structure)
    scores: list[tuple[ReadingScore, Body | Plan]] = []
    for name, body in _known_layouts(document, blocks):
        outlines = _body_outlines(body)
        share = _fielded_share(body) if name == "sections" else _tagged_share(body)
        score = measure.score(outlines) + _FIELD_BONUS * share
        scores.append((ReadingScore(name, round(min(score, 1.0), 3), len(outlines)), body))
    for plan in structure.plans():
        outlines = plan_outlines(structure, plan)
        score = measure.score(outlines)
        scores.append((ReadingScore(_NAMES[plan.name], round(score, 3), len(outlines)), plan))
    scores.sort(key=lambda entry: -entry[0].score)
    best, reading = scores[0]
    if isinstance(reading, Plan):
        top = top_branches(tree)
        body = read_plan(document, structure, reading, top, labels)
        body = with_listed_sources(body, tree, references)
    else:
        body = reading
    return Chosen(best.name, body, tuple(score for score, _ in scores[:9]), structure)


def _known_layouts(document: Document, blocks: list[Block]) -> Iterator[tuple[str, Body]]:
    if horizon.matches(document, blocks):
        yield "horizon", horizon.read(document, blocks)
    else:
        yield "sections", sections.read(document, blocks)


def _listed_blocks(root: Branch) -> Iterator[Block]:
    """Yield the blocks below headings such as 參考資料."""
    for branch in root.walk():
        if branch.apparatus == "references":
            yield from branch.all_blocks()


def top_branches(root: Branch) -> list[Branch]:
    """Return the headings that are sections, the document's own title left out.

    The title is a first heading that stands alone at its level or has a day in it.
    """
    top = root.children
    while top:
        first = top[0]
        alone = len(top) == 1 and bool(first.children)
        dated = bool(_DAY.search(first.text)) and first.level < 3
        empty_first = first.level == 1 and not first.children and len(top) > 1
        if empty_first and all(branch.level > 1 for branch in top[1:]):
            return top[1:]
        if not alone and not (dated and (first.children or len(top) > 1)):
            return top
        top = [*first.children, *top[1:]]
        if not first.children:
            return top
    return top


def _body_outlines(body: Body) -> list[Outline]:
    outlines: list[Outline] = []
    for section in body.sections:
        for item in section.items:
            span = item.span
            outlines.append(Outline(item.title.text, span.first_line, span.last_line))
    return outlines


def _tagged_share(body: Body) -> float:
    """Return the share of ranked items with a line of tags or of where they were found."""
    count = tagged = 0
    for section in body.sections:
        for item in section.items:
            count += 1
            tagged += bool(item.entities or item.extra)
    return tagged / count if count else 0.0


def _fielded_share(body: Body) -> float:
    """Return the share of items with two or more known fields."""
    count = fielded = 0
    for section in body.sections:
        for item in section.items:
            count += 1
            fielded += count_known_fields(item) >= _MIN_FIELDS
    return fielded / count if count else 0.0
