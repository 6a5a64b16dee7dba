"""Shapes of data extension in the Reconciliation Service API 0.2; the specification's names."""

from typing import Literal

from pydantic import Field

from app.query.schemas.reconcile import Address, Manifest, ReconcileIn, TypeOut
from app.query.schemas.shared import Out


class SettingOut(Out):
    """Setting of a property, which the client offers to its user."""

    type: Literal["number"] = Field(description="Type of the value.")
    name: str = Field(description="Name of the setting in requests.")
    label: str = Field(description="Label for people.")
    default: float = Field(description="Value if the request has none.")
    help_text: str = Field(description="Explanation for people.")


class ExtendOut(Out):
    """Description of data extension."""

    propose_properties: Address = Field(description="Address of the proposals of properties.")
    property_settings: list[SettingOut] = Field(description="Settings of each property.")


class ServiceManifest(Manifest):
    """Description of the service with data extension."""

    batchSize: int = Field(description="Number of queries to send at once.")
    extend: ExtendOut = Field(description="Description of data extension.")


class PropertyOut(Out):
    """Property of entities."""

    id: str = Field(description="Id of the property.")
    name: str = Field(description="Name of the property.")


class Properties(Out):
    """Properties that entities of a type have."""

    properties: list[PropertyOut] = Field(description="Properties, in the order to offer them.")
    type: str = Field(description="Id of the type; empty for all types.")
    limit: int = Field(description="Maximum number of properties.")


class PropertyMeta(PropertyOut):
    """Property of a table column."""

    type: TypeOut | None = Field(None, description="Type of the values if they are entities.")
    service: str | None = Field(None, description="Service that knows the values as entities.")


class ValueOut(Out):
    """Value in a cell: exactly one of an entity, a text, a number or a date."""

    id: str | None = Field(None, description="Id of an entity.")
    name: str | None = Field(None, description="Name of an entity.")
    text: str | None = Field(None, alias="str", description="Text.")
    number: int | None = Field(None, alias="int", description="Number.")
    date: str | None = Field(None, description="Date as RFC 3339.")


class ExtensionOut(Out):
    """Columns and cells of a data extension."""

    meta: list[PropertyMeta] = Field(description="Columns, in the order of the request.")
    rows: dict[str, dict[str, list[ValueOut]]] = Field(
        description="Values by id of the entity and id of the property."
    )


class PropertyQueryIn(ReconcileIn):
    """Property to fetch."""

    id: str = Field(max_length=256, description="Id of the property.")
    settings: dict[str, object] | None = Field(None, description="Settings of the property.")


class ExtensionIn(ReconcileIn):
    """Query of data extension."""

    ids: list[str] = Field(description="Ids of entities.")
    properties: list[PropertyQueryIn] = Field(max_length=50, description="Properties to fetch.")
