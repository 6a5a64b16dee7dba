"""Examples of the descriptions of exported files."""

from datetime import UTC, datetime

from pydantic import BaseModel

from app.query.schemas.exported_files import (
    ColumnOut,
    DataPackageOut,
    FileOut,
    ManifestOut,
    TableOut,
)
from app.render.files.descriptions import CSV_ESCAPES

_VERSION = "b41e7bcf-2"
_TITLE = "News items with all their parts"
_SHA256 = "55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9"
_CHANGED = datetime(2025, 12, 23, 6, 44, tzinfo=UTC)
_ID = ColumnOut(
    name="id", type="string", nullable=False, description="Stable id of the item.", columns=[]
)
_FILE = FileOut(
    path="items.ndjson",
    format="ndjson",
    media_type="application/x-ndjson",
    bytes=300037,
    sha256=_SHA256,
)
EXPORTS: list[BaseModel] = [
    ManifestOut(
        dataset_version=_VERSION,
        modified_at=_CHANGED,
        csv_escapes=CSV_ESCAPES,
        tables=[
            TableOut(
                name="items",
                title=_TITLE,
                rows=79,
                columns=[_ID],
                csv_columns=[_ID],
                files=[_FILE],
            )
        ],
    ),
    DataPackageOut(
        profile="https://datapackage.org/profiles/2.0/datapackage.json",
        name="briefbase",
        title="Briefbase: a knowledge base of daily AI briefings",
        version=_VERSION,
        created=_CHANGED,
        resources=[
            {
                "name": "items",
                "title": _TITLE,
                "type": "table",
                "path": "items.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "bytes": _FILE.bytes,
                "hash": f"sha256:{_SHA256}",
                "encoding": "utf-8",
                "schema": {"fields": [{"name": "id", "type": "string"}], "missingValues": [""]},
            }
        ],
    ),
]
