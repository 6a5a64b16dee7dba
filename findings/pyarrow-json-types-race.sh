#!/usr/bin/env bash
# Package: pyarrow 26.0.1; Python 3.11.
# Expected: pyarrow.json.read_json of one file gives the same result each time.
# Seen: with several blocks (1 MB each), a list that holds objects in the first block and is empty
#       throughout a later one is read in some runs and refused in others ("JSON conversion to
#       struct<…> is not supported"): blocks are parsed in threads, and the first one that is done
#       sets the type. With use_threads=False, or one block, it is read each time.
# So:   Briefbase offers Parquet for nested tables, and says so in docs/exports.md.
# Source: pyarrow.json.ReadOptions (use_threads, block_size); Arrow, ChunkedArrayBuilder.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyarrow==26.0.1 2>/dev/null
"$folder/venv/bin/python" - "$folder/rows.ndjson" <<'PY'
import json
import sys

import pyarrow as pa
import pyarrow.json as reader

path = sys.argv[1]
with open(path, "w") as out:
    for number in range(1200):
        # The first block takes longest to parse: its rows have many more values.
        tags = [{"name": "a", "of": [{"id": str(k)} for k in range(60)]}] if number < 600 else []
        parts = tags if number < 600 else [{"name": "a", "of": []}]
        out.write(json.dumps({"id": f"r{number}", "pad": "x" * 900, "parts": parts}) + "\n")


def outcome(**options: object) -> str:
    try:
        table = reader.read_json(path, read_options=reader.ReadOptions(**options))
    except pa.ArrowNotImplementedError:
        return "refused"
    return f"{table.num_rows} rows"


seen = {outcome() for _ in range(200)}
alone = {outcome(use_threads=False) for _ in range(10)}
print("threads:", sorted(seen), "one thread:", sorted(alone))
assert len(seen) == 2, "one file has one outcome now"
assert alone == {"1200 rows"}
PY
