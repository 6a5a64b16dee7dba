"""The tools: what each is for, its arguments, its answer, and the function behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from app.errors import BadRequest, NotFound, expectation
from app.mcp import arguments as args
from app.mcp import lists, outline, periods, shapes, things
from app.mcp.citing import Asked
from app.query.request.suggestions import nearest
from app.query.snapshot.cache import CacheKind, version_cache

MAX_CACHED_BYTES = 8 * 1024 * 1024
_ANSWERS: CacheKind[tuple[str, str, str], bytes] = CacheKind(max_bytes=MAX_CACHED_BYTES, size=len)


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A question that an agent may ask."""

    title: str
    description: str
    arguments: type[args.Bounded]
    answer: type[shapes.ToolAnswer]
    run: Callable[[Asked, Any], bytes]


TOOLS: dict[str, ToolSpec] = {
    "headlines": ToolSpec(
        "Headlines",
        "The editor's focus items of the latest day, of a day or of several. Start a daily scan "
        "here.",
        args.HeadlinesArguments,
        shapes.StoriesAnswer,
        lists.headlines,
    ),
    "search": ToolSpec(
        "Search",
        "Full-text search over items, entities, sources and briefings, best first, in Chinese and "
        "English; other spellings of a name are found too.",
        args.SearchArguments,
        shapes.SearchAnswer,
        lists.find,
    ),
    "get_item": ToolSpec(
        "Read an item",
        "One item with its exact lines in the document, its entities, sources and uncertain "
        "claims. Quote from these lines.",
        args.ItemArguments,
        shapes.ItemAnswer,
        things.get_item,
    ),
    "entity_profile": ToolSpec(
        "Entity profile",
        "An organisation, model, product, person, method … with its names, relations and counts, "
        "and the newest items that name it.",
        args.EntityArguments,
        shapes.EntityAnswer,
        things.entity_profile,
    ),
    "timeline": ToolSpec(
        "Timeline",
        "How often an entity is named in each interval, with the most salient item of each. "
        "Intervals without mentions are left out and counted.",
        args.TimelineArguments,
        shapes.IntervalsAnswer,
        periods.timeline,
    ),
    "compare": ToolSpec(
        "Compare",
        "How often two to ten entities are named in each interval, with the most salient item of "
        "each.",
        args.CompareArguments,
        shapes.IntervalsAnswer,
        periods.compare,
    ),
    "related": ToolSpec(
        "Related",
        "Items related to an item, with reasons; or entities that co-occur with an entity, with "
        "the newest item that names both.",
        args.RelatedArguments,
        shapes.RelatedAnswer,
        lists.find_related,
    ),
    "trends": ToolSpec(
        "Trends",
        "Entities named more or less often than before, with a stated statistic.",
        args.TrendsArguments,
        shapes.TrendsAnswer,
        lists.find_trends,
    ),
    "thread": ToolSpec(
        "Story",
        "One story across days: its items in order, with roles and evidence.",
        args.ThreadArguments,
        shapes.ThreadAnswer,
        things.get_thread,
    ),
    "digest": ToolSpec(
        "Digest",
        "The most salient stories of the last days, one item a story, sections in turn; at most "
        "60.",
        args.DigestArguments,
        shapes.StoriesAnswer,
        lists.write_digest,
    ),
    "annotate": ToolSpec(
        "Annotate",
        "The known names in a text of yours, with places in it and the newest item that names "
        "each.",
        args.AnnotateArguments,
        shapes.AnnotateAnswer,
        things.annotate,
    ),
}
BRIEFING = ToolSpec("", "", outline.BriefingArguments, shapes.BriefingAnswer, outline.outline)
"""The resource of a briefing; it is no tool."""


def call(asked: Asked, name: str, values: Mapping[str, Any]) -> bytes:
    """Return the answer of a tool in JSON; asked again at one dataset version, the same bytes.

    Raises NotFound for an unknown tool and BadRequest for invalid arguments.
    """
    tool = TOOLS.get(name)
    if tool is None:
        raise NotFound(f"There is no tool {name!r}; {nearest(name, list(TOOLS))}")
    return answer(asked, tool, values)


def answer(asked: Asked, tool: ToolSpec, values: Mapping[str, Any]) -> bytes:
    """Return the answer of a tool in JSON, cached for its dataset version."""
    try:
        arguments = tool.arguments.model_validate(values)
        key = (tool.title, asked.home, arguments.model_dump_json())
        cache = version_cache(asked.session, _ANSWERS)
        return cache.get_or_make(key, lambda: tool.run(asked, arguments))
    except ValidationError as error:
        raise BadRequest(_faults(error, tool.arguments)) from None


def _faults(error: ValidationError, shape: type[BaseModel]) -> str:
    sentences = []
    for fault in error.errors():
        path = fault["loc"]
        name = str(path[0]) if path else ""
        if fault["type"] == "extra_forbidden":
            known = list(input_schema(shape)["properties"])
            sentences.append(f"{name}: this argument does not exist; {nearest(name, known)}")
        elif fault["type"] == "missing":
            # Pydantic's input is all arguments here, not the value of this one.
            sentences.append(f"{name}: is missing; {_meaning(shape, name)}")
        elif name and fault["type"] == "value_error":
            sentences.append(f"{name}: {expectation(fault)}")
        elif name:
            sentences.append(f"{name}: {_shown(fault['input'])} is not valid; {expectation(fault)}")
        else:
            sentences.append(expectation(fault))
    text = "; ".join(sentences)
    return text if text.endswith(("?", ".")) else f"{text}."


def _meaning(shape: type[BaseModel], name: str) -> str:
    """Return the description of an argument as what is expected."""
    meaning = input_schema(shape)["properties"][name].get("description", "a value")
    return f"expected: {meaning.removesuffix('.')}"


def _shown(value: Any) -> str:
    text = orjson.dumps(value, default=str).decode()
    return text if len(text) <= 80 else text[:80] + "…"


def input_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of arguments, without what tells an agent nothing."""
    # A dictionary of JSON.
    return _compact(shape.model_json_schema(mode="validation"))  # type: ignore[no-any-return]


def output_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of an answer; an absent property has no value.

    Properties have the descriptions of `docs/agents.md`: here they took three quarters of the list.
    """
    schema = _compact(shape.model_json_schema(mode="serialization"))
    for definition in (schema, *schema.get("$defs", {}).values()):
        for part in definition.get("properties", {}).values():
            part.pop("description", None)
    return schema  # type: ignore[no-any-return]  # a dict of JSON


def _compact(schema: Any) -> Any:
    """Return a schema without titles, examples and nulls."""
    if isinstance(schema, list):
        return [_compact(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    options = schema.get("anyOf", ())
    if {"type": "null"} in options:
        others = [option for option in options if option != {"type": "null"}]
        schema = {key: value for key, value in schema.items() if key != "anyOf"}
        schema |= others[0] if len(others) == 1 else {"anyOf": others}
    compact = {}
    for key, value in schema.items():
        is_name = key == "title" and isinstance(value, str)
        if not is_name and key != "examples" and (key, value) != ("default", None):
            compact[key] = _compact(value)
    return compact
