"""An example of search: one item that matches in its title."""

from app.api.examples.things import DAY, ENTITY, ITEM, REF, VERSION
from app.query.schemas.lists import Meta, PageLinks
from app.query.schemas.search import (
    Counts,
    Expansion,
    Highlight,
    Hit,
    HitLinks,
    MatchOut,
    SearchOut,
    Span,
    Why,
)
from app.query.search import RANKING

MATCH = MatchOut(
    score=10.0,
    why=[Why(term="safebench", spelling=None, entity=None, fields=["title"], folded=["case"])],
    highlights=[
        Highlight(
            field="title",
            spans=[Span(start=0, end=9, term="safebench", spelling=None, folded=["case"])],
            marked="<mark>SafeBench</mark>-Seq：CPU 可跑的序列級蛋白危害篩檢基準",
        )
    ],
)
SEARCH = SearchOut(
    data=[
        Hit(
            type="item",
            id=ITEM,
            title=REF.title,
            date=DAY,
            match=MATCH,
            links=HitLinks(self=f"/v1/items/{ITEM}"),
        )
    ],
    meta=Meta(
        total=1,
        limit=20,
        next_cursor=None,
        dataset_version=VERSION,
        warnings=[],
        members=[],
        human_description="Everything matching “safebench”, of type items, best first",
        facets={},
        facets_other={},
    ),
    links=PageLinks(self="/v1/search?q=safebench&type=items", next=None),
    counts=Counts(items=1, entities=1, sources=0, briefings=1),
    expanded=[Expansion(term="safebench", entity=ENTITY, spellings=["SafeBench-Seq"])],
    ranking=RANKING,
)
