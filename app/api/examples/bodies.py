"""Examples of request bodies, by the name of their schema."""

from typing import Any

import orjson

from app.api.examples.formats import DOCUMENT
from app.api.examples.things import DOUBT, ENTITY

_FILTERS = "entity=Qwen&importance=high"
_REASON = "The paper names its first version so."
BODIES: dict[str, Any] = {
    "MarkdownDocument": DOCUMENT,
    "BatchDocumentIn": {"text": DOCUMENT, "name": "2025-12-23.md", "channel": "daily"},
    "DocumentFiles": {"files": [DOCUMENT]},
    "AnnotateIn": {"text": "NVIDIA 發表新晶片，千問同日更新。", "lang": "zh-Hant"},
    "EntityIn": {"name": "SafeBench-Seq", "type": "dataset", "lang": "en", "dry_run": True},
    "AliasIn": {"name": "輝達公司", "lang": "zh-Hant", "kind": "translation", "dry_run": True},
    "MergeIn": {"into": ENTITY.id, "reason": _REASON, "dry_run": True},
    "SplitIn": {"names": [DOUBT.spelling], "reason": "Another benchmark.", "dry_run": True},
    "ReasonIn": {"reason": "The names belong to two laboratories.", "dry_run": True},
    "VerdictIn": {"verdict": "positive", "reason": _REASON, "dry_run": True},
    "WebhookIn": {
        "url": "https://bot.example/events",
        "events": ["item.created"],
        "filters": _FILTERS,
        "description": "Bot of the desk",
    },
    "WebhookChangeIn": {"status": "paused"},
    "RotationIn": {"overlap_hours": 24},
    "ReplayIn": {"since": "2025-12-23T00:00:00Z", "status": "failed"},
    "SearchIn": {"name": "Qwen, important", "filters": _FILTERS, "alert": True},
    "SearchChangeIn": {"alert": False},
    "ReconcileForm": {"queries": orjson.dumps({"q0": {"query": "NVIDIA", "type": "org"}}).decode()},
}
