"""The shapes of the W3C Reconciliation Service API 0.2; their names are the specification's."""

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, RootModel

from app.query.schemas.shared import Out


class TypeOut(Out):
    id: str
    name: str


class Address(Out):
    service_url: str
    service_path: str


class Suggest(Out):
    entity: Address
    type: Address
    property: Address


class View(Out):
    url: str


class Preview(View):
    width: int
    height: int


class Manifest(Out):
    """What the service is, and where its parts are."""

    versions: list[str]
    name: str
    identifierSpace: str
    schemaSpace: str
    documentation: str
    serviceVersion: str
    view: View
    defaultTypes: list[TypeOut]
    suggest: Suggest
    preview: Preview


class Feature(Out):
    id: str
    value: bool | float


class Candidate(Out):
    id: str
    name: str
    description: str
    type: list[TypeOut]
    score: Annotated[float, Field(description="0 to 100.")]
    match: Annotated[
        bool, Field(description="Whether it is held to be the one, without a person looking.")
    ]
    features: list[Feature]


class Candidates(Out):
    result: list[Candidate]


class Results(RootModel[dict[str, Candidates]]):
    """The candidates of each query, under its key."""


class Suggestion(Out):
    id: str
    name: str
    description: str
    notable: list[TypeOut]


class Suggestions(Out):
    result: list[Suggestion]


class TypeSuggestions(Out):
    result: list[TypeOut]


class ReconcileIn(BaseModel):
    # Clients send what later drafts know, too; it is passed over.
    model_config = ConfigDict(extra="ignore", frozen=True)


class PropertyIn(ReconcileIn):
    pid: str = Field(max_length=256)
    v: Any


class QueryIn(ReconcileIn):
    """One query of a batch."""

    query: str | None = Field(None, max_length=4096)
    type: str | list[str] | None = Field(None, validation_alias=AliasChoices("type", "types"))
    type_strict: Literal["any", "should", "all"] | None = None
    limit: float | None = Field(None, ge=1, le=1_000_000, allow_inf_nan=False)
    properties: list[PropertyIn] | None = Field(None, max_length=20)

    def types(self) -> frozenset[str]:
        """The types asked for; none: any."""
        return frozenset([self.type] if isinstance(self.type, str) else self.type or ()) - {""}


class Batch(RootModel[dict[str, QueryIn]]):
    """Queries by key."""
