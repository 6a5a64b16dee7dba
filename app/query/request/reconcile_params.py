"""Query strings of the reconciliation API. Parameters of its other versions are ignored."""

from typing import Any, get_args

from pydantic import ConfigDict, Field, field_validator

from app.normalize.kinds import NameLanguage
from app.query.request.params import Lang, Text, Whole


class ReconcileQuery(Lang):
    """Parameters of every reconciliation route; unknown ones are ignored."""

    model_config = ConfigDict(extra="ignore")

    callback: Text | None = Field(
        None,
        pattern=r"^[A-Za-z_$][A-Za-z0-9_$.]{0,99}$",
        description="Name of a function: the answer is JavaScript that calls it (JSONP).",
        examples=["jQuery1234"],
    )


class ManifestQuery(ReconcileQuery):
    queries: str | None = Field(
        None,
        description="A batch of reconciliation queries: a JSON object of queries by key.",
    )
    extend: str | None = Field(
        None,
        description="A query of data extension: a JSON object with ids and properties.",
    )


class WidgetQuery(ReconcileQuery):
    """Parameters that OpenRefine's suggest box sends."""

    @field_validator("lang", mode="before")
    @classmethod
    def _no_other_language(cls, lang: Any) -> Any:
        # OpenRefine's box sends what its user types: `qwen lang:fr`. An error would empty the box.
        return lang if lang in get_args(NameLanguage) else None


class SuggestQuery(WidgetQuery):
    prefix: Text = Field(
        "",
        description="The beginning of a name.",
        examples=["qw"],
    )
    cursor: Whole = Field(
        0,
        ge=0,
        le=1_000,
        description="Number of suggestions to skip.",
    )


class PropertiesQuery(ReconcileQuery):
    type: Text = Field("", description="Type of the entities.", examples=["model"])
    limit: Whole = Field(50, ge=1, le=100, description="Maximum number of properties.")


class FlyoutQuery(WidgetQuery):
    id: Text = Field(description="Id of the suggestion.", examples=["model"])


class PreviewQuery(ReconcileQuery):
    id: Text = Field(description="The entity's id.", examples=["SGLang"])
