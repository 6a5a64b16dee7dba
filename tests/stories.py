"""Items as threads and echoes see them, to test against."""

from datetime import date, timedelta
from typing import Any

from app.normalize.stories.features import (
    IN_TEXT,
    LISTED,
    TITLED,
    EntityMention,
    StoryFeatures,
)

DAY = date(2026, 3, 10)
OTHER_TITLES = [
    "新型電池材料量產時程公布",
    "歐洲議會審議資料法案",
    "城市無人機配送試點",
    "A museum digitises its archive",
    "量子糾錯碼的新下界",
    "農業感測網路降低用水",
    "Compiler notes for small teams",
    "海底電纜維修船隊擴編",
    "低溫電子顯微影像重建",
    "校園程式教育調查",
    "A history of type design",
    "衛星遙測監看森林火災",
]
_WEIGHTS = {"title": TITLED, "listed": LISTED, "text": IN_TEXT}


def story(
    name: str,
    title: str,
    text: str = "",
    *,
    days: int = 0,
    ordinal: int = 1,
    sources: str = "",
    papers: str = "",
    **mentions: str,
) -> StoryFeatures:
    """Return an item `days` after `DAY`; mentions read `OpenAI="title org"`, `MIT="listed org"`."""
    day = DAY + timedelta(days)
    by_entity: dict[Any, Any] = {}
    for entity, mention in mentions.items():
        place, entity_type = mention.split()
        by_entity[entity] = EntityMention(
            type=entity_type,
            weight=_WEIGHTS[place],
            offset=len(by_entity),
            surfaces=frozenset({entity}),
        )
    return StoryFeatures(
        id=name,
        briefing=f"daily:{day}",
        position=(day, "daily", ordinal),
        title=title,
        text=text,
        sources=frozenset(sources.split()),
        papers=frozenset(papers.split()),
        mentions=by_entity,
    )


def other_news(days: int = 0) -> list[StoryFeatures]:
    """Return a day of unrelated items, so that rare words are rare."""
    items = []
    for index, title in enumerate(OTHER_TITLES):
        name = f"other{days}.{index}"
        items.append(story(name, title, f"{title}。", days=days, ordinal=100 + index))
    return items
