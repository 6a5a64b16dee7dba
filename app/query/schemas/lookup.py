"""The shapes of names looked up: as they are typed, and in a text."""

from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.shared import EntityRef, ItemRef, Out


class Hint(Out):
    """What tells an entity from others of its name."""

    text: Annotated[
        str,
        Field(
            examples=[
                "model · Alibaba · Qwen · Qwen-Image-Layered：模型內 Photoshop 級圖層理解與精準編輯"
            ]
        ),
    ]
    maker: EntityRef | None
    family: EntityRef | None
    last_item: ItemRef | None


class Completion(EntityRef):
    """An entity that what is typed may become."""

    matched: Annotated[str, Field(description="The spelling that was met.")]
    match: Literal["exact", "prefix", "infix", "typo"]
    score: float
    mentions: int
    hint: Hint


class CompletionsOut(Out):
    data: list[Completion]
    dataset_version: str


class Annotation(Out):
    """A known name in the text. Characters (code points) count from 0, `end` exclusive."""

    start: int
    end: int
    surface: str
    entity: str
    """The id of one of `entities`."""


class AnnotatedEntity(EntityRef):
    """An entity the text names, and the newest items that name it."""

    items: list[ItemRef]


class AnnotationsOut(Out):
    annotations: list[Annotation]
    entities: list[AnnotatedEntity]
    dataset_version: str
