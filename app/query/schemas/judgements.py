"""Shapes of judgements: decisions on names, undecided links and the effect of curation."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.normalize.kinds import UnlistedForm
from app.query.schemas.shared import BriefingRef, DatasetVersion, EntityRef, ItemRef, Out

JudgementKind = Literal["link", "merge", "split", "alias", "create", "reject", "undo"]
Verdict = Literal["positive", "negative", "unsure"]


class NodeRef(Out):
    """One side of a judgement."""

    kind: Literal["catalogue", "name"] = Field(
        description="`catalogue`: an entity of the catalogue; `name`: a name in documents."
    )
    value: str = Field(description="Slug of the entity, or key of the name.", examples=["qwen"])


class JudgementOut(Out):
    """Decision that two names are, or are not, one entity. It is never changed, only undone."""

    id: str = Field(description="Stable id of the judgement.", examples=["j_mq3dzk5ya2c7"])
    kind: JudgementKind = Field(description="Kind of decision.")
    verdict: Verdict = Field(description="`positive`: one entity; `negative`: two entities.")
    left: NodeRef = Field(description="The name that was judged.")
    right: NodeRef = Field(description="The entity or name that it was compared with.")
    method: str = Field(description="How the decision was made.")
    score: float = Field(description="Confidence in the decision, 0 to 1.")
    evidence: str | None = Field(description="Evidence in words.")
    actor: str = Field(description="`resolver`, `cli` or the name of an API key.")
    reason: str | None = Field(description="Reason that the curator gave.")
    at: datetime = Field(description="Time of the decision.")
    briefing: BriefingRef | None = Field(description="Briefing that led to the decision.")
    undoes: str | None = Field(description="Id of the judgement that this one undoes.")
    undone_by: str | None = Field(description="Id of the judgement that undoes this one.")


class ReviewOut(Out):
    """Undecided link: is `spelling` a name of `candidate`?"""

    id: str = Field(description="Id of the open judgement.", examples=["j_mq3dzk5ya2c7"])
    spelling: str = Field(description="The name as written.")
    entity: EntityRef | None = Field(
        description="Entity that the spelling names until the link is decided."
    )
    candidate: EntityRef = Field(description="Entity that the spelling may name.")
    method: str = Field(description="How the candidate was found.")
    score: float = Field(description="Similarity, 0 to 1.")
    evidence: str | None = Field(description="Evidence in words.")
    documents: list[BriefingRef] = Field(description="Briefings that use the spelling.")
    items: list[ItemRef] = Field(
        description="Items that use the spelling, newest first, five at most."
    )


class UnlistedSentence(Out):
    """Sentence with a name that no catalogue has, and its place in the document."""

    text: str = Field(description="The sentence; a long one is cut around the name.")
    surface: str = Field(description="The name as written there.")
    field: str = Field(description="Part of the document.", examples=["summary"])
    line: int = Field(description="First line, from 1.")
    start: int = Field(description="First character in the document, from 0.")
    end: int = Field(description="Character after the last one.")
    item: ItemRef | None = Field(description="Item with the sentence; null outside of items.")
    briefing: BriefingRef = Field(description="Briefing with the sentence.")


class UnlistedOut(Out):
    """Name that recurs in running text and that no catalogue has."""

    name: str = Field(description="The most frequent spelling.", examples=["Munder Difflin"])
    spellings: list[str] = Field(description="All spellings, the most frequent first.")
    forms: list[UnlistedForm] = Field(
        description="`latin`: Latin letters; `quoted`: in quotes or title marks; "
        "`bracketed`: beside its abbreviation or its meaning in brackets."
    )
    sentences: int = Field(description="Number of different sentences with the name.")
    items: int = Field(description="Number of items with the name.")
    days: int = Field(description="Number of days with the name.")
    first_seen: date = Field(description="First day with the name.")
    last_seen: date = Field(description="Last day with the name.")
    entity: EntityRef | None = Field(
        description="Entity of documents that list the name; null if none does."
    )
    examples: list[UnlistedSentence] = Field(
        description="Different sentences with the name, newest first, three at most."
    )


class Changed(Out):
    """Items whose names refer to another entity after an act."""

    total: int = Field(description="Number of items.")
    ids: list[str] = Field(description="Ids of the items.")
    refs: list[ItemRef] = Field(description="The items with title and date, in the same order.")


class ActOut(Out):
    """Effect of an act of curation, or with `dry_run` its preview."""

    changed: bool = Field(description="False if the act had been done before.")
    dry_run: bool = Field(description="Whether this is a preview; nothing was stored.")
    entity: EntityRef = Field(description="The entity after the act.")
    judgements: list[str] = Field(description="Ids of the stored judgements; empty in a preview.")
    items: Changed = Field(description="Items that the act affects.")
    dataset_version: DatasetVersion
