#!/usr/bin/env bash
# Package: pyarrow 26.0.1; Python 3.11.
# Expected: pyarrow.json.read_json of one valid file gives the same result each time.
# Seen: 1,600 lines of 1 KB (two blocks of 1 MB). The first line has a list with an object, all
#       others an empty list. A fifth to a half of 200 runs refuse the file ("JSON conversion to
#       struct<…> is not supported"), the others read it: blocks are parsed in threads, and the
#       first one that is done sets the type. In one block, or in one thread, it is always read.
# So:   Briefbase offers Parquet for nested tables, and says so in docs/exports.md.
# Source: pyarrow.json.ReadOptions (use_threads, block_size).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyarrow==26.0.1 2>/dev/null
"$folder/venv/bin/python" - "$folder/rows.ndjson" <<'PY'
import json
import sys
from collections import Counter

import pyarrow as pa
import pyarrow.json as reader

path = sys.argv[1]
with open(path, "w") as out:
    for number in range(1600):
        parts = [] if number else [{"of": {"id": "x"}}]
        out.write(json.dumps({"id": f"r{number}", "pad": "x" * 900, "parts": parts}) + "\n")


def outcome(**options: object) -> str:
    try:
        table = reader.read_json(path, read_options=reader.ReadOptions(**options))
    except pa.ArrowNotImplementedError:
        return "refused"
    return f"{table.num_rows} rows"


threads = Counter(outcome() for _ in range(200))
alone = Counter(outcome(use_threads=False) for _ in range(20))
whole = Counter(outcome(block_size=1 << 24) for _ in range(20))
print("by default:", dict(threads))
print("one thread:", dict(alone), "one block:", dict(whole))
assert set(threads) == {"1600 rows", "refused"}, "one file has one outcome now"
assert set(whole) == {"1600 rows"}
PY
