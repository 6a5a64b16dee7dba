"""Shapes of the descriptions of exported files."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.query.schemas.shared import Out


class ColumnOut(Out):
    """A column of an exported table."""

    name: str = Field(description="Name.")
    type: str = Field(description="Type: string, integer, number, boolean, date, object, list, ….")
    nullable: bool = Field(description="Whether values may be missing.")
    description: str = Field(description="Meaning.")
    columns: list["ColumnOut"] = Field(
        description="Columns within an object or the objects of a list; empty for other types."
    )


class FileOut(Out):
    """An exported file."""

    path: str = Field(description="Address, or name beside the description.")
    format: str = Field(description="Format: ndjson, csv or parquet.")
    media_type: str = Field(description="Media type.")
    bytes: int = Field(description="Size in bytes.")
    sha256: str = Field(description="SHA-256 of the bytes, in hexadecimal digits.")


class TableOut(Out):
    """An exported table with its files."""

    name: str = Field(description="Name.")
    title: str = Field(description="What its rows are.")
    rows: int = Field(description="Number of rows.")
    columns: list[ColumnOut] = Field(description="Columns of NDJSON and Parquet.")
    csv_columns: list[ColumnOut] = Field(description="Columns of CSV, nested ones flattened.")
    files: list[FileOut] = Field(description="The table in each format.")


class ManifestOut(Out):
    """All exported files with their columns, sizes and hashes."""

    dataset_version: str = Field(description="Version of the dataset that the files show.")
    modified_at: datetime | None = Field(description="Time of the last change.")
    csv_escapes: str = Field(
        description="How texts of CSV differ from those of NDJSON and Parquet."
    )
    tables: list[TableOut] = Field(description="The tables.")


class DataPackageOut(Out):
    """A Frictionless data package, https://datapackage.org/profiles/2.0/datapackage.json."""

    profile: str = Field(alias="$schema", description="Address of the profile.")
    name: str = Field(description="Name of the package.")
    title: str = Field(description="Title of the package.")
    version: str = Field(description="Version of the dataset that the files show.")
    created: datetime | None = Field(None, description="Time of the last change.")
    resources: list[dict[str, Any]] = Field(
        description="Each table as its CSV with a schema, as the profile defines them."
    )
