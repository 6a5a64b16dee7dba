#!/usr/bin/env bash
# Packages: reconciler 0.2.2, pandas 3.1.1; Python 3.11.
# Expected: a missing cell is left out of the batch or sent as null, and the two values of a name on
#           two rows are a list; the batch is JSON (Reconciliation Service API 0.2).
# Seen: a missing name is the bare word NaN, which is no JSON; a missing property is the text "NaN";
#       two values are one text with a line break. A service that takes the text for a condition
#       matches nothing.
# So:   Briefbase reads a bare NaN as null, and such texts as an empty value, which is no condition.
# Source: reconciler/utils.py, create_property_array (Series.to_string); webutils.py (json.dumps).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet reconciler==0.2.2 pandas==3.1.1 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
import json

import pandas as pd
from reconciler.utils import get_query_dict

names = pd.Series(["Qwen", "Llama", "Llama", None])
makers = pd.Series([None, "Meta", "Meta AI", "x"])
_, queries = get_query_dict(names, "model", {"maker": makers})
text = json.dumps(queries)
print(text)
values = [query["properties"][0]["v"] for query in queries.values()]
assert values[0] == "NaN", "a missing property is no text now"
assert [line.strip() for line in values[1].split("\n")] == ["Meta", "Meta AI"], "values are a list"
assert '"query": NaN' in text, "a missing name is JSON now"
PY
