"""The shapes of judgements: what was said of names, what waits for a person, what an act changed."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.shared import BriefingRef, EntityRef, Out

JudgementKind = Literal["link", "merge", "split", "alias", "reject", "undo"]
Verdict = Literal["positive", "negative", "unsure"]


class NodeRef(Out):
    """One side of a judgement: an entity of the catalogue by its slug, or a name by its key."""

    kind: Literal["catalogue", "name"]
    value: Annotated[str, Field(examples=["qwen"])]


class JudgementOut(Out):
    """Who said what is, or is not, the same as what. Nothing is ever changed; what was undone says so."""

    id: Annotated[str, Field(examples=["j_mq3dzk5ya2c7"])]
    kind: JudgementKind
    verdict: Verdict
    left: NodeRef
    right: NodeRef
    method: str
    score: float
    evidence: Annotated[str | None, Field(description="In words; what a curator's act was about.")]
    actor: Annotated[str, Field(description="`resolver`, `cli`, or the name of a key.")]
    reason: str | None
    at: datetime
    briefing: BriefingRef | None
    undoes: Annotated[str | None, Field(description="The judgement this one undid.")]
    undone_by: str | None


class ReviewOut(Out):
    """A link the resolver is not sure of: is `spelling` the `candidate`?"""

    id: Annotated[str, Field(examples=["j_mq3dzk5ya2c7"])]
    spelling: str
    entity: Annotated[
        EntityRef | None, Field(description="What the spelling names until somebody says so.")
    ]
    candidate: EntityRef
    method: str
    score: float
    evidence: str | None
    documents: list[BriefingRef]


class Changed(Out):
    """The items whose names lead elsewhere by an act."""

    total: int
    ids: list[str]


class ActOut(Out):
    """What an act did, or would do (`dry_run`). `changed` is false where it had been done before."""

    changed: bool
    dry_run: bool
    entity: EntityRef
    judgements: Annotated[list[str], Field(description="What was put down; empty in a dry run.")]
    items: Changed
    dataset_version: str
