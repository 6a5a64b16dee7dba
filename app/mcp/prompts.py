"""Prompts: a daily brief and a report about an entity."""

from dataclasses import dataclass

from app.errors import BadRequest, NotFound

_CITING = (
    "Cite every fact as [title](cite.url), document cite.sha256, lines cite.lines. Quote only "
    "what get_item shows. Mark claims that `certainty` lists as uncertain. If `cut` is present, "
    "go on with `next_cursor` where it matters."
)


@dataclass(frozen=True, slots=True)
class PromptSpec:
    """A prompt: its arguments, each with its description, and those that are required."""

    title: str
    description: str
    arguments: dict[str, str]
    required: frozenset[str]
    text: str


PROMPTS: dict[str, PromptSpec] = {
    "daily_brief": PromptSpec(
        "Daily brief",
        "What happened on a day, why it matters and how sure it is.",
        {
            "date": "The day, YYYY-MM-DD; by default the latest.",
            "language": "Language of the brief; by default that of the conversation.",
        },
        frozenset(),
        "Write a brief of {date} in {language}. 1. Call headlines{day}. 2. Call get_item for the "
        "three that matter most, and thread where a story goes on. 3. Call trends for what rises. "
        "Then write: five bullets of at most two sentences, what is uncertain, what to watch. "
        + _CITING,
    ),
    "entity_report": PromptSpec(
        "Report about an entity",
        "What the briefings say about an organisation, model, product or person.",
        {
            "entity": "Id, slug or any spelling of the entity.",
            "language": "Language of the report; by default that of the conversation.",
        },
        frozenset(("entity",)),
        "Write a report about {entity} in {language}. 1. Call entity_profile with entity "
        "{entity}. 2. Call timeline and related for it. 3. Call get_item for the items you rely "
        "on. Then write: who it is, what happened in order of time, with whom, what is uncertain. "
        + _CITING,
    ),
}


def written(name: str, values: dict[str, str]) -> str:
    """Return the text of a prompt. Raises NotFound and BadRequest."""
    prompt = PROMPTS.get(name)
    if prompt is None:
        raise NotFound(f"There is no prompt {name!r}; expected one of: {', '.join(PROMPTS)}.")
    for argument in values:
        if argument not in prompt.arguments:
            expected = ", ".join(prompt.arguments)
            raise BadRequest(f"{argument}: this argument does not exist; expected {expected}.")
    for argument in prompt.required:
        if not values.get(argument):
            raise BadRequest(f"{argument}: is missing; expected a value.")
    day = values.get("date", "")
    return prompt.text.format(
        entity=values.get("entity", ""),
        language=values.get("language") or "the language of this conversation",
        date=day or "the latest day",
        day=f" with date {day}" if day else "",
    )
