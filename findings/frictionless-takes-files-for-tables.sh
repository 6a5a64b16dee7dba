#!/usr/bin/env bash
# Package: frictionless 5.21.0; Python 3.11.
# Expected: a resource without `type` is a file, checked by its hash alone (Data Package 2.0:
#       "If property type is not provided, the resource is considered to be a non-specific file").
# Seen: an NDJSON or Parquet resource is read as a flat table by its format, so that a package with
#       one is not valid: without the extra "json" it asks for it, and with it an NDJSON file
#       without lines ends in "generator raised StopIteration". `"type": "file"` helps, but the
#       profile of 2.0 knows only "table".
# So:   Briefbase's data package has each table as its CSV, and says so in docs/exports.md.
# Source: frictionless/formats/json/plugin.py (detect_resource).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "frictionless[json]==5.21.0" 2>/dev/null
"$folder/venv/bin/python" - "$folder" <<'PY'
import hashlib
import json
import sys
from pathlib import Path

from frictionless import Package

folder = Path(sys.argv[1])
(folder / "rows.ndjson").write_bytes(b"")
resource = {
    "name": "rows",
    "path": "rows.ndjson",
    "format": "ndjson",
    "mediatype": "application/x-ndjson",
    "bytes": 0,
    "hash": f"sha256:{hashlib.sha256(b'').hexdigest()}",
}
for more in ({}, {"type": "file"}):
    package = folder / "datapackage.json"
    package.write_text(json.dumps({"name": "a", "resources": [resource | more]}))
    report = Package(str(package)).validate()
    errors = [error.message for task in report.tasks for error in task.errors]
    print(more or "without type", report.valid, errors)
    assert report.valid == bool(more)
PY
