#!/usr/bin/env bash
# Packages: pydantic 2.14.3; Python 3.11 (typing).
# Expected: a field `Literal["zh", "en"] | None` lists zh before en in its schema and its errors.
# Seen: Literals of other orders are equal, and typing caches unions of equal members, so the field
#       has the order of the first such union in the process: it changes with the order of imports.
# So:   write a vocabulary once and import it; a second one in another order is another's order.
# Source: typing._tp_cache and _LiteralGenericAlias.__eq__ (CPython, Lib/typing.py).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pydantic==2.14.3 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
from typing import Literal, Optional

from pydantic import BaseModel


class First(BaseModel):
    lang: Optional[Literal["en", "zh"]] = None


class Second(BaseModel):
    lang: Optional[Literal["zh", "en"]] = None


class Bare(BaseModel):
    lang: Literal["zh", "en"] = "zh"


orders = []
for model in (Second, Bare):
    field = model.model_json_schema()["properties"]["lang"]
    orders.append((field.get("anyOf") or [field])[0]["enum"])
print(f"with None: {orders[0]}; alone: {orders[1]}")
if orders != [["en", "zh"], ["zh", "en"]]:
    raise SystemExit("a union keeps the order of its own Literal now")
PY
