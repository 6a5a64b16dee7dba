"""Shapes of the W3C Reconciliation Service API 0.2; the specification defines their names."""

from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, RootModel

from app.query.schemas.shared import Out


class TypeOut(Out):
    """Type of entities."""

    id: str = Field(description="Id of the type.")
    name: str = Field(description="Name of the type.")


class Address(Out):
    """Address of a suggest service."""

    service_url: str = Field(description="Base URL.")
    service_path: str = Field(description="Path below the base URL.")


class SuggestAddress(Address):
    """Addresses of a suggest service and of the cards of its suggestions."""

    flyout_service_url: str = Field(description="Base URL of the cards.")
    flyout_service_path: str = Field(
        description="Path below that base URL; `${id}` stands for the id."
    )


class Suggest(Out):
    """Addresses of the suggest services."""

    entity: SuggestAddress = Field(description="Suggestions of entities.")
    type: SuggestAddress = Field(description="Suggestions of types.")
    property: SuggestAddress = Field(description="Suggestions of properties.")


class View(Out):
    """Template of an address; `{{id}}` stands for the id."""

    url: str = Field(description="The template.")


class Preview(View):
    """Preview of an entity as HTML."""

    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")


class Manifest(Out):
    """Description of the service."""

    versions: list[str] = Field(description="Supported versions of the specification.")
    name: str = Field(description="Name of the service.")
    identifierSpace: str = Field(description="Namespace of the ids of entities.")
    schemaSpace: str = Field(description="Namespace of the ids of types.")
    documentation: str = Field(description="Address of the documentation.")
    serviceVersion: str = Field(description="Version of the program.")
    view: View = Field(description="Address of an entity.")
    defaultTypes: list[TypeOut] = Field(description="Types to offer first.")
    suggest: Suggest = Field(description="Addresses of the suggest services.")
    preview: Preview = Field(description="Address and size of previews.")


class Feature(Out):
    """Evidence for a candidate."""

    id: str = Field(description="Name of the feature.")
    value: bool | float = Field(description="Value of the feature.")


class Candidate(Out):
    """Entity that a query may mean."""

    id: str = Field(description="Id of the entity.")
    name: str = Field(description="Name of the entity.")
    description: str = Field(description="Facts that distinguish the entity.")
    type: list[TypeOut] = Field(description="Types of the entity.")
    score: float = Field(description="Similarity, 0 to 100.")
    match: bool = Field(description="Whether the candidate can be accepted without review.")
    features: list[Feature] = Field(description="Evidence for the candidate.")


class Candidates(Out):
    """Candidates of one query."""

    result: list[Candidate] = Field(description="Candidates, best first.")
    error: str | None = Field(None, description="Fault of the query; it has no candidates then.")


class Results(RootModel[dict[str, Candidates]]):
    """Candidates of each query, by the key of the query."""


class Suggestion(Out):
    """Entity whose name completes a prefix."""

    id: str = Field(description="Id of the entity.")
    name: str = Field(description="Name of the entity.")
    description: str = Field(description="Facts that distinguish the entity.")
    notable: list[TypeOut] = Field(description="Types of the entity.")


class Suggestions(Out):
    """Suggested entities."""

    result: list[Suggestion] = Field(description="Suggestions, best first.")


class TypeSuggestions(Out):
    """Suggested types."""

    result: list[TypeOut] = Field(description="Types whose names match.")


class Flyout(Out):
    """Card of a suggestion."""

    id: str = Field(description="Id of the entity, type or property.")
    html: str = Field(description="Safe HTML: its name and facts.")


class ReconcileIn(BaseModel):
    """Configuration of request bodies."""

    # Clients send fields of later drafts.
    model_config = ConfigDict(extra="ignore", frozen=True)


class PropertyIn(ReconcileIn):
    """Property that candidates should have."""

    pid: str = Field(max_length=256, description="Id of the property.")
    v: Any = Field(description="Value of the property.")


class QueryIn(ReconcileIn):
    """One query of a batch."""

    query: str | None = Field(None, max_length=4096, description="Name to look up.")
    type: str | list[str] | None = Field(
        None,
        validation_alias=AliasChoices("type", "types"),
        description="Ids of the types to look for; empty: all types.",
    )
    type_strict: Literal["any", "should", "all"] | None = Field(
        None, description="How strictly the types apply."
    )
    limit: float | None = Field(
        None,
        ge=1,
        le=1_000_000,
        allow_inf_nan=False,
        description="Maximum number of candidates.",
    )
    properties: list[PropertyIn] | None = Field(
        None, max_length=20, description="Properties that candidates should have."
    )

    def types(self) -> frozenset[str]:
        """Return the types to look for; the empty set means all types."""
        names = [self.type] if isinstance(self.type, str) else self.type or ()
        return frozenset(name.strip() for name in names) - {""}


class Batch(RootModel[dict[str, QueryIn]]):
    """Queries by key."""
