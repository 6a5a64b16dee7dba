"""A draft as plain lists, so that a golden test can be read beside its document; spans are tested on their own."""

from typing import Any

from app.parse.draft import BriefingDraft, ItemDraft, Node


def outline(briefing: BriefingDraft) -> dict[str, Any]:
    """Everything a reader can see of `briefing`; what is empty is left out."""
    body = briefing.body
    return _filled(
        date=f"{briefing.date} ({briefing.date_from})",
        dialect=briefing.dialect,
        title=briefing.title,
        description=briefing.description,
        summary=briefing.summary,
        draft=briefing.draft,
        published_at=briefing.published_at,
        tags=list(briefing.tags),
        front_matter=briefing.front_matter.values,
        problems=list(briefing.problems),
        heading=body.heading and body.heading.text,
        preamble=[p.text for p in body.preamble],
        sections=[
            _filled(
                section=f"{s.kind}: {s.title.text}",
                blurb=s.blurb and s.blurb.text,
                notes=[n.text for n in s.notes],
                containers=[f"{c.position}: {c.title.text}" for c in s.containers],
                items=[_item(i) for i in s.items],
            )
            for s in body.sections
        ],
        insight=[[i.title and i.title.text, i.text and i.text.text] for i in body.insight],
        watchlist=[w.text for w in body.watchlist],
        readings=[[r.title, r.target, r.note] for r in body.readings],
        background=[[b.term, b.text] for b in body.background],
        keywords=[k.text for k in body.keywords],
        stats=[
            body.stats.articles,
            body.stats.topics,
            body.stats.window_hours,
            body.stats.generated_at,
            [t.text for t in body.stats.text],
        ],
        unassigned=[p.text for p in briefing.coverage.unassigned],
    )


def _item(item: ItemDraft) -> dict[str, Any]:
    return _filled(
        item=f"{item.kind}: {item.title.text}",
        parent=item.parent,
        summary=[s.text for s in item.summary],
        technical=[_node(n) for n in item.details.technical],
        applications=[_node(n) for n in item.details.applications],
        takeaways=[_node(n) for n in item.details.takeaways],
        importance=item.importance
        and [item.importance.level, item.importance.label, item.importance.reason],
        entities=[c.text for c in item.entities],
        sources=[[s.label, s.target] for s in item.sources],
        extra=[[e.label, e.text] for e in item.extra],
    )


def _node(node: Node) -> Any:
    return [node.text, [_node(child) for child in node.children]] if node.children else node.text


def _filled(**parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part not in (None, [], {}, False)}
