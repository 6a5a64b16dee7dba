"""Items read as they tell a story: what threads and echoes are decided on."""

from collections import defaultdict
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from app.normalize.tellings import IN_TEXT, LISTED, NAMED, TITLED, Naming, Telling
from app.store.tables import Briefing, Channel, Citation, Entity, Item, Mention, Source


def tellings(session: Session, first: date, last: date) -> dict[int, Telling]:
    """The items of some days, as far as they tell a story, by `pk`."""
    return _under(session, (col(Item.date) >= first, col(Item.date) <= last))


def of_briefing(session: Session, briefing_pk: int) -> dict[int, Telling]:
    """The items of a briefing, by `pk`, in its order."""
    return _under(session, (col(Item.briefing_pk) == briefing_pk,))


def _under(session: Session, within: Any) -> dict[int, Telling]:
    rows = session.execute(
        select(
            col(Item.pk), col(Item.id), col(Briefing.id), col(Item.date), col(Channel.id), col(Item.ordinal), col(Item.title),
            col(Item.summary), col(Item.extra),
        )
        .join(Channel, col(Channel.pk) == col(Item.channel_pk))
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .where(*within)
        .order_by(col(Item.date), col(Item.ordinal))
    ).all()  # fmt: skip
    names = _names(session, within)
    sources, papers = _cited(session, within)
    return {
        pk: Telling(
            id=item,
            briefing=briefing,
            place=(day, channel, ordinal),
            title=title,
            # What stands besides the summary tells no story (who posted it and when), but it is all there is of a stub.
            text=summary or "\n".join(field["text"] or "" for field in extra),
            sources=frozenset(sources[pk]),
            papers=frozenset(papers[pk]),
            names=names[pk],
            addresses=sources[pk],
        )
        for pk, item, briefing, day, channel, ordinal, title, summary, extra in rows
    }


def _names(session: Session, within: Any) -> defaultdict[int, dict[str, Naming]]:
    in_title = case((col(Mention.kind) == "title", col(Mention.start_char)))
    listed = func.max(case((col(Mention.kind) == "listed", 1), else_=0))
    rows = session.execute(
        select(col(Mention.item_pk), col(Entity.id), col(Entity.type), func.min(in_title), listed)
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .where(*within, col(Mention.field) != "extra")
        .group_by(col(Mention.item_pk), col(Entity.id), col(Entity.type))
    )
    surfaces: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    for item, entity, surface in session.execute(
        select(col(Mention.item_pk), col(Entity.id), col(Mention.surface))
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .where(*within, col(Mention.field) != "extra")
        .distinct()
    ):
        surfaces[item, entity].add(surface)
    names: defaultdict[int, dict[str, Naming]] = defaultdict(dict)
    for item, entity, kind, at, is_listed in rows:
        written = frozenset(surfaces[item, entity])
        # What no catalogue knows is a name where it is written like one.
        kind = NAMED if kind == "other" and any(map(str.isupper, "".join(written))) else kind
        weight = TITLED if at is not None else LISTED if is_listed else IN_TEXT
        names[item][entity] = Naming(kind, weight, at or 0, written)
    return names


def _cited(session: Session, within: Any) -> tuple[defaultdict[int, dict[str, str]], defaultdict[int, set[str]]]:
    """Articles by item (id → URL without `www.`) and papers. A placeholder, plain text or a home page is neither."""
    rows = session.execute(
        select(col(Citation.item_pk), col(Source.id), col(Source.url), col(Source.arxiv_id))
        .join(Item, col(Item.pk) == col(Citation.item_pk))
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .where(*within, col(Source.url).is_not(None))
    )
    sources: defaultdict[int, dict[str, str]] = defaultdict(dict)
    papers: defaultdict[int, set[str]] = defaultdict(set)
    for item, source, url, arxiv in rows:
        parts = urlsplit(url)
        if arxiv:
            papers[item].add(source)
        elif parts.path.strip("/") or parts.query:
            sources[item][source] = url.replace("://www.", "://", 1)
    return sources, papers
