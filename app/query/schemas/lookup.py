"""Shapes of name lookups: completion of typed names, and names in a text."""

from typing import Literal

from pydantic import Field

from app.query.schemas.shared import DatasetVersion, End, EntityRef, ItemRef, Out, Start


class Hint(Out):
    """Facts that distinguish an entity from others with the same name."""

    text: str = Field(
        description="Type, maker, family and last item in one line.",
        examples=[
            "model · Alibaba · Qwen · Qwen-Image-Layered：模型內 Photoshop 級圖層理解與精準編輯"
        ],
    )
    maker: EntityRef | None = Field(description="Organisation or person that makes the entity.")
    family: EntityRef | None = Field(description="Family that the entity belongs to.")
    last_item: ItemRef | None = Field(description="Newest item that mentions the entity.")


class Completion(EntityRef):
    """Entity with a name that completes the typed text."""

    matched: str = Field(description="Spelling that matches.")
    match: Literal["exact", "prefix", "infix", "typo"] = Field(
        description="How the spelling matches."
    )
    score: float = Field(description="Rank of the completion, 0 to 1.")
    mentions: int = Field(description="Number of mentions of the entity.")
    hint: Hint = Field(description="Facts that distinguish the entity.")


class CompletionsOut(Out):
    """Completions, best first."""

    data: list[Completion] = Field(description="The completions.")
    dataset_version: DatasetVersion


class Annotation(Out):
    """Known name in the text. Offsets count code points."""

    start: Start
    end: End
    surface: str = Field(description="The name as written.")
    entity: str = Field(description="Id of an entity in `entities`.")


class AnnotatedEntity(EntityRef):
    """Entity that the text names."""

    items: list[ItemRef] = Field(description="Newest items that mention the entity.")


class AnnotationsOut(Out):
    """Known names in a text."""

    annotations: list[Annotation] = Field(description="Names in the order of the text.")
    entities: list[AnnotatedEntity] = Field(description="Entities that the text names.")
    dataset_version: DatasetVersion
