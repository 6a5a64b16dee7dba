"""Generated requests over real HTTP, and generated documents."""

import http.client
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from app.errors import AppError
from app.reading import parse_document
from app.startup import SEEDS
from tests.hostile import HOSTILE
from tests.servers import Server, briefbase
from tests.torture.clients import memory_megabytes, processor_seconds
from tests.torture.day import key_for
from tests.torture.trial import Finding, Trial, at_least, at_most, slack

WORDS = ["NVIDIA", "OpenAI", "模型", "昇騰", "gpt", "2025-12-23", "agent"]
_LISTS = {
    "briefing_id": "/v1/briefings?limit=20",
    "item_id": "/v1/items?limit=50",
    "entity_id": "/v1/entities?limit=50",
    "thread_id": "/v1/threads?limit=20",
    "tag_id": "/v1/tags?limit=20",
    "source_id": "/v1/sources?limit=20",
    "publisher_id": "/v1/publishers?limit=20",
}
_WAITING = {"wait"}
"""Parameters that make an answer wait as long as they say: 200,000 would take weeks."""
REQUESTS = 200_000
SEED = 7
_MAX_SECONDS = 1.0
_HUNDRED_KIB = 100 * 1024


@dataclass
class _Seen:
    """Statuses of answers, and what is wrong with some."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Targets answered 500."""
    slowest: float = 0.0
    slowest_path: str = ""


def requests(folder: Path, is_short: bool) -> list[Finding]:
    """Send requests that the OpenAPI document allows, and some that it does not."""
    count = 600 if is_short else REQUESTS
    random.seed(SEED)
    seen = _Seen()
    url = f"sqlite:///{folder / 'base.db'}"
    with briefbase(url, folder, cache="4") as server:
        description = json.loads(server.get("/openapi.json").body)
        operations = list(_operations(description))
        ids = _ids(server)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Authorization": f"Bearer {key_for(url)}"}
        pid = server.process.pid
        before = 0.0
        for number in range(count):
            if number == count // 2:
                before = memory_megabytes(pid)
            path, parameters = random.choice(operations)
            target = _target(description, path, parameters, ids)
            used = processor_seconds(pid)
            _ask(connection, target, headers, seen)
            seconds = processor_seconds(pid) - used
            if seconds > seen.slowest:
                seen.slowest, seen.slowest_path = seconds, target
        growth = memory_megabytes(pid) - before
    good = sum(number for status, number in seen.statuses.items() if status < 400)
    bound = _MAX_SECONDS * slack(is_short)
    what = f"slowest: {_cell([seen.slowest_path])}"
    return [
        at_least(f"{count} generated requests: share of 2xx and 3xx", good / count, 0.5),
        at_most(f"of these 500 {_cell(seen.failed[:1])}", len(seen.failed), 0),
        at_most("not a problem document, or none", len(seen.faults), 0),
        at_most(f"processor time, {what}", seen.slowest, bound, " s"),
        at_most("memory grows in the second half by", growth, 40, " MB"),
    ]


def _cell(targets: list[str]) -> str:
    """Return the beginning of the first target, as a cell of a table."""
    return targets[0][:60].replace("|", "%7C") if targets else ""


def _operations(description: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield path and parameters of each GET that ends by itself."""
    for path, operations in description["paths"].items():
        operation = operations.get("get")
        if operation and not path.startswith("/v1/export") and not _is_stream(operation):
            yield path, operation.get("parameters", [])


def _is_stream(operation: dict[str, Any]) -> bool:
    return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})


def _ids(server: Server) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {}
    for name, path in _LISTS.items():
        data = json.loads(server.get(path).body)["data"]
        ids[name] = [str(entry.get("id") or next(iter(entry.values()))) for entry in data]
    return ids


def _target(
    description: dict[str, Any],
    path: str,
    parameters: list[dict[str, Any]],
    ids: dict[str, list[str]],
) -> str:
    query: list[tuple[str, str]] = []
    optional = []
    for parameter in parameters:
        name = parameter["name"]
        if parameter["in"] == "path":
            values = ids.get(name) or [_value(description, parameter)]
            value = random.choice(values if random.random() < 0.9 else HOSTILE)
            path = path.replace(f"{{{name}}}", quote(value, safe="") or "x")
        elif parameter["in"] == "query" and name not in _WAITING:
            if parameter.get("required"):
                query.append((name, _value(description, parameter)))
            else:
                optional.append(parameter)
    for parameter in random.sample(optional, min(len(optional), random.choice((0, 0, 1, 1, 2)))):
        query.append((parameter["name"], _value(description, parameter)))
    return f"{path}?{urlencode(query)}" if query else path


def _value(description: dict[str, Any], parameter: dict[str, Any]) -> str:
    if random.random() < 0.08:
        return random.choice(HOSTILE)
    schema = parameter.get("schema", {})
    if "examples" in schema and random.random() < 0.7:
        example = random.choice(schema["examples"])
        return str(example[0] if isinstance(example, list) else example)
    return _of_schema(description, schema)


def _of_schema(description: dict[str, Any], schema: dict[str, Any]) -> str:
    while "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    choices = [choice for choice in schema.get("anyOf", []) if choice.get("type") != "null"]
    if choices:
        return _of_schema(description, random.choice(choices))
    if "enum" in schema:
        return str(random.choice(schema["enum"]))
    kind = schema.get("type")
    if kind == "array":
        return _of_schema(description, schema.get("items", {}))
    if kind == "integer":
        low, high = int(schema.get("minimum", 0)), int(schema.get("maximum", 50))
        return str(random.randint(low, min(high, low + 100)))
    if kind == "number":
        return str(round(random.random(), 2))
    if kind == "boolean":
        return random.choice(("true", "false"))
    if schema.get("format") == "date":
        return f"2025-12-{random.randint(1, 28):02}"
    return random.choice(WORDS)


def _ask(
    connection: http.client.HTTPConnection, target: str, headers: dict[str, str], seen: _Seen
) -> None:
    try:
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    except OSError as error:
        connection.close()
        seen.faults.append(f"{target}: {error}")
        return
    seen.statuses[answer.status] += 1
    if answer.status == 500:
        seen.failed.append(target)
        print(target, file=sys.stderr)
    if answer.status >= 400 and "not ready" not in body.decode("utf-8", "replace"):
        kind = answer.headers.get("Content-Type", "")
        if kind != "application/problem+json" or json.loads(body)["status"] != answer.status:
            seen.faults.append(f"{target}: {answer.status} {kind}")


def documents(folder: Path, is_short: bool) -> list[Finding]:
    """Read documents that are pieces of real ones, repeated, shuffled and broken."""
    count = 60 if is_short else 10_000
    random.seed(7)
    lines: list[bytes] = []
    for path in sorted(SEEDS.glob("*.md")):
        lines += path.read_bytes().splitlines(keepends=True)
    faults: list[str] = []
    slowest = 0.0
    for number in range(count):
        body = _document(lines)
        began = time.process_time()
        try:
            parse_document(body, "2026-01-02.md")
        except AppError:
            pass
        except Exception as error:
            faults.append(f"{number}: {type(error).__name__}: {error}")
        seconds = time.process_time() - began
        slowest = max(slowest, seconds / max(1.0, len(body) / _HUNDRED_KIB))
    bound = _MAX_SECONDS * slack(is_short)
    return [
        at_most(f"{count} hostile documents: exceptions", len(faults), 0),
        at_most("slowest, by 100 KiB, processor time", slowest, bound, " s"),
    ]


def _document(lines: list[bytes]) -> bytes:
    """Return a document of a random kind of damage."""
    chosen = random.choices(lines, k=random.randint(1, 400))
    kind = random.randrange(6)
    if kind == 0:
        chosen = random.choices(lines, k=3) * random.randint(20, 200)
    if kind == 1:
        chosen = [line.strip(b"\n") * random.randint(1, 4) + b"\n" for line in chosen]
    body = b"---\ndate: 2026-01-02\n---\n" + b"".join(chosen)
    if kind == 2:
        body = bytearray_with_noise(body)
    if kind == 3:
        marks = ["**", "[", "](", "`", "|", "<", "> ", "- ", "：", "「", "$"]
        pieces = random.choices(marks, k=random.randint(10, 3000))
        body += "".join(pieces).encode()
    return body[:200_000]


def bytearray_with_noise(body: bytes) -> bytes:
    """Return a body with some random bytes among its own."""
    noisy = bytearray(body)
    for _ in range(random.randint(1, 30)):
        noisy[random.randrange(len(noisy))] = random.randrange(256)
    return bytes(noisy)


TRIALS = [
    Trial("generated requests", requests, is_short=False),
    Trial("hostile documents", documents),
]
