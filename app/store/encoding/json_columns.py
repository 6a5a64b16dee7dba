"""The text of JSON columns: UTF-8, as it is read by people and other programs."""

import json
from typing import Any

import orjson


def encode_json(value: Any) -> str:
    """Return a value as JSON text.

    Escapes of the standard library (`\\u6a21`) took twice the room of Chinese text.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # Front matter may have a number of more than 64 bits, or keys that are no text.
        return json.dumps(value, ensure_ascii=False)
