"""Descriptions of exported files: manifest, Frictionless data package, schema.org Dataset. Pure.

Data Package 2.0: https://datapackage.org/profiles/2.0/datapackage.json
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.render.files.columns import Column, flat

MEDIA = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
"""Media types of files by format."""
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_NAME = "briefbase"
_TITLE = "Briefbase: a knowledge base of daily AI briefings"


@dataclass(frozen=True)
class File:
    """A written file."""

    name: str
    format: str
    size: int
    sha256: str


@dataclass
class Contents:
    """A table with its files; `rows` is the number of rows of each."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: int = 0
    files: list[File] = field(default_factory=list)


@dataclass(frozen=True)
class ExportOrigin:
    """Version of the dataset, and the days that it covers."""

    version: str
    modified_at: datetime | None
    first: date | None
    last: date | None
    home: str = ""
    """The absolute address of the folder of the files; empty for files beside the description."""

    @property
    def modified(self) -> str | None:
        """The time of the last change, RFC 3339."""
        return self.modified_at.isoformat() if self.modified_at else None


CSV_ESCAPES = (
    "A text that begins with =, +, -, @ (also full-width), a tab or a carriage return and is no "
    "number follows an apostrophe; a line break is a space. NDJSON and Parquet are exact."
)


def manifest(origin: ExportOrigin, tables: Sequence[Contents]) -> dict[str, Any]:
    """Return the manifest: columns and their meaning, counts, sizes, hashes and the version."""
    return {
        "dataset_version": origin.version,
        "modified_at": origin.modified,
        "csv_escapes": CSV_ESCAPES,
        "tables": [_table(origin, table) for table in tables],
    }


def _table(origin: ExportOrigin, table: Contents) -> dict[str, Any]:
    files = []
    for file in table.files:
        files.append(
            {
                "path": origin.home + file.name,
                "format": file.format,
                "media_type": MEDIA[file.format],
                "bytes": file.size,
                "sha256": file.sha256,
            }
        )
    return {
        "name": table.name,
        "title": table.title,
        "rows": table.rows,
        "columns": [_described(column) for column in table.columns],
        "csv_columns": [_described(cell.column) for cell in flat(table.columns)],
        "files": files,
    }


def _described(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.kind,
        "nullable": column.nullable,
        "description": column.description,
        "columns": [_described(inner) for inner in column.columns or ()],
    }


def data_package(origin: ExportOrigin, tables: Sequence[Contents]) -> dict[str, Any]:
    """Return a Frictionless data package: each table as its CSV with a schema.

    The others are the same tables, and nested: `frictionless` 5.21 takes them for flat ones.
    """
    resources = []
    for table in tables:
        for file in table.files:
            if file.format == "csv":
                resources.append(_resource(origin, table, file))
    package = {
        "$schema": _PROFILE,
        "name": _NAME,
        "title": _TITLE,
        "version": origin.version,
        "created": origin.modified,
        "resources": resources,
    }
    return {name: value for name, value in package.items() if value is not None}


def _resource(origin: ExportOrigin, table: Contents, file: File) -> dict[str, Any]:
    fields = [_field(cell.column) for cell in flat(table.columns)]
    return {
        "name": table.name,
        "title": table.title,
        "type": "table",
        "path": origin.home + file.name,
        "format": file.format,
        "mediatype": MEDIA[file.format].partition(";")[0],
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _field(column: Column) -> dict[str, Any]:
    kind = "array" if column.kind == "list" else column.kind
    described: dict[str, Any] = {
        "name": column.name,
        "type": kind,
        "description": column.description,
    }
    if kind == "datetime":
        # `default` takes no fraction of a second.
        described["format"] = "any"
    if not column.nullable:
        described["constraints"] = {"required": True}
    return described


def schema_org(origin: ExportOrigin, tables: Sequence[Contents]) -> dict[str, Any]:
    """Return a schema.org Dataset in JSON-LD, with a download a file."""
    downloads = []
    variables = []
    for table in tables:
        for file in table.files:
            downloads.append(_download(origin, table, file))
        for column in table.columns:
            variables.append(
                {
                    "@type": "PropertyValue",
                    "name": f"{table.name}.{column.name}",
                    "description": column.description,
                }
            )
    dataset: dict[str, Any] = {
        # A context of its own: a processor fetches nothing.
        "@context": {"@vocab": "https://schema.org/"},
        "@type": "Dataset",
        "name": _TITLE,
        "description": "Items, entities, mentions, sources, threads, pairs of entities and "
        "timelines, read from daily AI briefings.",
        "version": origin.version,
        "inLanguage": ["zh-Hant", "zh-Hans", "en", "ja"],
        "variableMeasured": variables,
        "distribution": downloads,
    }
    if origin.modified:
        dataset["dateModified"] = origin.modified
    if origin.first and origin.last:
        dataset["temporalCoverage"] = f"{origin.first}/{origin.last}"
    return dataset


def _download(origin: ExportOrigin, table: Contents, file: File) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": file.name,
        "description": table.title,
        "encodingFormat": MEDIA[file.format].partition(";")[0],
        "contentUrl": origin.home + file.name,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }
