"""An answer of every shape, by its schema and by its media type."""

import re
from datetime import date

from pydantic import BaseModel

from app.api.examples.search import SEARCH
from app.api.examples.things import (
    AT,
    BRIEFING,
    BUCKET,
    CORE,
    DAY,
    DOUBT,
    EARLIER,
    ENTITY,
    ENTITY_SUMMARY,
    ITEM,
    JUDGED,
    LATER,
    PAPER,
    PUBLISHER_OUT,
    REF,
    RELATED,
    RELATED_ITEM,
    SOURCE,
    SOURCE_SUMMARY,
    STORY,
    SUGGEST,
    SUMMARY,
    TAG,
    TYPE,
    VERSION,
    WHOLE_ITEM,
)
from app.query import related, related_items, salience, trends, watchlist
from app.query.schemas.briefings import (
    BackgroundOut,
    BriefingOut,
    BriefingSummary,
    Headlines,
    InsightOut,
    PassageOut,
    ReadingOut,
    SectionOut,
    WatchOut,
)
from app.query.schemas.dataset import ChannelInfo, Gap, Health, InfoOut, Readiness
from app.query.schemas.entities import AliasOut, EntityItems, EntityOut, EntitySummary
from app.query.schemas.items import (
    ItemOut,
)
from app.query.schemas.ledger import ActOut, Changed, JudgementOut, ReviewOut
from app.query.schemas.lists import FaultOut, Meta, Page, PageLinks, Problem
from app.query.schemas.lookup import AnnotatedEntity, Annotation, AnnotationsOut, Completion, CompletionsOut, Hint
from app.query.schemas.quality import (
    DanglingOut,
    FieldReport,
    OddSource,
    QualityCounts,
    QualityDay,
    QualityDays,
    QualityOut,
    Reported,
    Ungrounded,
    Unreasoned,
)
from app.query.schemas.reconcile import (
    Candidate,
    Candidates,
    Feature,
    Manifest,
    Preview,
    Results,
    Suggest,
    Suggestion,
    Suggestions,
    TypeSuggestions,
    View,
)
from app.query.schemas.related import Related
from app.query.schemas.shared import BriefingRef, ItemRef
from app.query.schemas.taxonomy import PublisherOut, SourceCitation, SourceOut, SourceSummary, TagOut
from app.query.schemas.threads import JoinOut, RelatedItems, ThreadMemberOut, ThreadOut, ThreadSummary
from app.query.schemas.timelines import AxisBucket, Bucket, Point, SeriesOut, TimelineOut, TimelinesOut, Totals
from app.query.schemas.trends import (
    CitedSource,
    DiffOut,
    EntityDiff,
    NamedTag,
    Shift,
    Side,
    SourceDiff,
    Stretch,
    TagDiff,
    TrendOut,
    TrendsOut,
)
from app.query.schemas.watchlist import AnswerOut, EvidenceOut, SharedEntity, WatchedOut, WatchlistOut, WatchWindow
from app.render import markup


def _meta(total: int) -> Meta:
    return Meta(
        total=total,
        limit=20,
        next_cursor=None,
        dataset_version=VERSION,
        warnings=[],
        human_description="Items, newest first",
        facets={"importance": [BUCKET]},
        facets_other={"importance": 4},
    )


def _links(path: str) -> PageLinks:
    return PageLinks(self=path, next=None)


_COUNTS = QualityCounts(
    items=57, nonblank=650, covered=650, coverage=1.0, unassigned=0, problems=0, missing=0, repeated=1, listed=206, ungrounded=60,
    unreasoned=0, dangling=1, placeholder=3, opaque=1, suspicious=0, inferred=0,
    articles=Reported(reported=225, found=57), topics=Reported(reported=55, found=57),
)  # fmt: skip

_ALL: list[BaseModel] = [
    Page[BriefingSummary](data=[SUMMARY], meta=_meta(1), links=_links("/v1/briefings")),
    Page[ItemOut](data=[WHOLE_ITEM], meta=_meta(1), links=_links("/v1/items?include=details,entities,sources,certainty,extra,echoes,mentions")),
    Page[EntitySummary](data=[ENTITY_SUMMARY], meta=_meta(1), links=_links("/v1/entities")),
    Page[ReviewOut](data=[DOUBT], meta=_meta(1), links=_links("/v1/review")),
    Page[JudgementOut](data=[JUDGED], meta=_meta(1), links=_links(f"/v1/entities/{ENTITY.id}/history")),
    ActOut(
        changed=True,
        dry_run=False,
        entity=ENTITY,
        judgements=[JUDGED.id],
        items=Changed(total=1, ids=[ITEM]),
        dataset_version=VERSION,
    ),
    Page[ThreadSummary](data=[STORY], meta=_meta(1), links=_links("/v1/threads")),
    Page[SourceSummary](data=[SOURCE_SUMMARY], meta=_meta(1), links=_links("/v1/sources")),
    Page[TagOut](data=[TAG], meta=_meta(1), links=_links("/v1/tags")),
    Page[PublisherOut](data=[PUBLISHER_OUT], meta=_meta(1), links=_links("/v1/publishers")),
    SEARCH,
    Headlines(data=[WHOLE_ITEM], meta=_meta(1), links=_links("/v1/headlines"), briefing=BRIEFING),
    BriefingOut(
        **dict(SUMMARY),
        dialect="daily",
        draft=False,
        front_matter={"title": BRIEFING.title, "date": "2025-12-23T06:44:54+08:00", "draft": "false", "tags": ["AI", "醫療影像"]},
        heading=None,
        preamble=[],
        sections=[
            SectionOut(position=1, kind="headlines", title="今日焦點（Top Headlines）", blurb=None, notes=[], containers=[], items=[CORE])
        ],
        insight=[InsightOut(title="今日趨勢", text="醫療影像基礎模型走向可驗證與公平性並重。")],
        watchlist=[WatchOut(id="w_jpnqwd47kuft", position=1, text="醫療影像與蛋白生成模型的公平性與安全基準（皮膚病變 GenAI、公平性資料集、SafeBench-Seq）。")],
        readings=[ReadingOut(title="Generalized Primal Averaging", target="https://arxiv.org/abs/2512.17131", source_id="s_gk3v6n7m2x4a", note=None)],
        background=[BackgroundOut(term="擴散模型（Diffusion Models）", text="現代連續生成建模的主流框架，基於正/逆向 SDE 或 ODE 迭代還原數據分布。")],
        keywords=["醫療影像", "prompt injection"],
    ),
    QualityOut(
        briefing=BRIEFING.id,
        lines=961,
        nonblank=650,
        covered=650,
        coverage=1.0,
        structures={"title": 65, "summary": 54},
        unassigned=[],
        problems=[],
        fields=[FieldReport(item=ITEM, title=REF.title, missing=[], repeated=["核心摘要"])],
        odd_sources=[OddSource(item=ITEM, label="量子位報導", target="qbitai_363544_2025-12-22", status="opaque", reason=None)],
        listed=206,
        ungrounded=[Ungrounded(item=ITEM, surface="SafeBench-Seq")],
        unreasoned=[Unreasoned(item=ITEM, label="高")],
        dangling=[DanglingOut(kind="told_elsewhere", name="昆山杯創業大賽", line=822, text="…昆山杯創業大賽…已在其他段落或下節涵蓋，恕不展開。")],
        articles=Reported(reported=225, found=57),
        topics=Reported(reported=55, found=57),
    ),
    QualityDays(
        data=[QualityDay(briefing=BRIEFING, counts=_COUNTS, links={"report": "/v1/briefings/2025-12-23/quality"})],
        meta=_meta(1),
        links=_links("/v1/quality"),
        briefings=1,
        totals=_COUNTS,
    ),
    WatchlistOut(
        data=[
            WatchedOut(
                id="w_jpnqwd47kuft",
                briefing=BRIEFING,
                position=1,
                line=927,
                text="醫療影像與蛋白生成模型的公平性與安全基準（皮膚病變 GenAI、公平性資料集、SafeBench-Seq）。",
                entities=[ENTITY],
                status="hit",
                window=WatchWindow(from_=date(2025, 12, 24), to=date(2026, 3, 23), briefings=31),
                after_days=9,
                answered=1,
                answers=[
                    AnswerOut(
                        item=ItemRef(id="i_7mwd453ibty2", title="SafeBench-Seq 加入結構資訊", date=date(2026, 1, 1)),
                        briefing="2026-01-01",
                        after_days=9,
                        score=0.6,
                        evidence=EvidenceOut(entities=[SharedEntity(entity=ENTITY, weight=0.6)], words=0.0, shared=[]),
                    )
                ],
            )
        ],
        meta=_meta(1),
        links=_links("/v1/watchlist"),
        rule=watchlist.RULE,
    ),
    TrendsOut(
        data=[
            TrendOut(
                **dict(ENTITY), items=3, baseline=0, expected=2.1646, residual=0.5678, salience=3.9, new=True, first_seen=DAY, members=[],
                links={"self": f"/v1/entities/{ENTITY.id}", "items": f"/v1/items?entity={ENTITY.id}&from=2025-12-17&to=2025-12-23"},
            )
        ],
        meta=_meta(1),
        links=_links("/v1/trends"),
        window=Stretch(from_=date(2025, 12, 17), to=DAY, briefings=1, items=57),
        baseline=Stretch(from_=date(2025, 11, 19), to=date(2025, 12, 16), briefings=1, items=22),
        support=3,
        family=False,
        statistic=trends.STATISTIC,
        salience=salience.WEIGHTS,
    ),
    DiffOut(
        from_=Side(briefing=BriefingRef(id="2025-11-22", channel="daily", date=date(2025, 11, 22), title="多供應商生成式閘道與端雲具身智能趨勢 — 2025/11/22"), items=22),
        to=Side(briefing=BRIEFING, items=57),
        entities=EntityDiff(entered=[Shift(**dict(ENTITY), before=0, after=1, residual=0.3279)], left=[], rose=[], fell=[], stayed=0),
        tags=TagDiff(entered=[NamedTag(slug="醫療影像", name="醫療影像", kind="tag")], left=[], stayed=1),
        sources=SourceDiff(entered=[CitedSource(id=SOURCE, label="arXiv:2512.17527v1", url=PAPER, before=0, after=2)], left=[], rose=[], fell=[], stayed=0),
        statistic=trends.STATISTIC,
    ),
    WHOLE_ITEM,
    PassageOut(
        briefing=BRIEFING.id,
        lines=CORE.lines,
        start=3110,
        end=3793,
        text=f"### {REF.title}\n",
        sha256="55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9",
    ),
    EntityOut(
        **dict(ENTITY_SUMMARY),
        names={"en": "SafeBench-Seq"},
        aliases=[AliasOut(id="a_7mwd453ibty2", name="SafeBench-Seq", lang="en", kind="spelling", origin="document")],
        family=None,
        maker=None,
        members=[],
        mentions={"listed": 1, "title": 1, "body": 2},
        related=[RELATED],
        external_ids={},
    ),
    TimelineOut(
        entity=ENTITY,
        family=False,
        members=[],
        interval="month",
        from_=date(2025, 11, 22),
        to=DAY,
        buckets=[
            Bucket(
                start=date(2025, 11, 1), end=date(2025, 11, 30), items=0, mentions=0, salience=0, briefings=1, share=0.0, top_items=[]
            ),
            Bucket(
                start=date(2025, 12, 1), end=date(2025, 12, 31), items=1, mentions=1, salience=1.6875, briefings=1, share=0.017544, top_items=[REF]
            ),
        ],
        totals=Totals(items=1, mentions=1, briefings=1),
        salience=salience.WEIGHTS,
        dataset_version=VERSION,
        warnings=[],
    ),
    Related(
        data=[RELATED],
        meta=_meta(1),
        links=_links(f"/v1/entities/{ENTITY.id}/related"),
        entity=ENTITY,
        family=False,
        members=[],
        items=79,
        own=1,
        statistic=related.STATISTIC,
    ),
    ThreadOut(
        **dict(STORY),
        members=[
            ThreadMemberOut(item=EARLIER, briefing=BRIEFING.id, channel="daily", role="new", joined=None),
            ThreadMemberOut(
                item=LATER, briefing=BRIEFING.id, channel="daily", role="duplicate",
                joined=JoinOut(
                    item=EARLIER.id, signal="paper", score=0.97,
                    evidence=JoinEvidence(
                        sources=["s_gk3v6n7m2x4a"], reference=None, title=None, words=[], names=None, entities=[], text=None
                    ),
                ),
            ),
        ],
        entities=[ThreadEntity(entity=ENTITY, items=2)],
    ),
    RelatedItems(
        data=[RELATED_ITEM], meta=_meta(1), links=_links(f"/v1/items/{EARLIER.id}/related"), item=EARLIER, formula=related_items.FORMULA
    ),
    CompletionsOut(
        data=[
            Completion(
                **dict(ENTITY), matched="SafeBench-Seq", match="prefix", score=0.9, mentions=4,
                hint=Hint(text=f"dataset · {REF.title}", maker=None, family=None, last_item=REF),
            )
        ],
        dataset_version=VERSION,
    ),
    AnnotationsOut(
        annotations=[Annotation(start=0, end=13, surface="SafeBench-Seq", entity=ENTITY.id)],
        entities=[AnnotatedEntity(**dict(ENTITY), items=[REF])],
        dataset_version=VERSION,
    ),
    Manifest(
        versions=["0.2"],
        name="Briefbase",
        identifierSpace="http://127.0.0.1:8000/v1/entities/",
        schemaSpace="http://127.0.0.1:8000/docs#types",
        documentation="http://127.0.0.1:8000/docs",
        serviceVersion="0.1.0",
        view=View(url="http://127.0.0.1:8000/v1/entities/{{id}}"),
        defaultTypes=[TYPE],
        suggest=Suggest(entity=SUGGEST, type=SUGGEST, property=SUGGEST),
        preview=Preview(url="http://127.0.0.1:8000/v1/reconcile/preview?id={{id}}", width=420, height=160),
    ),
    Results(
        {
            "q0": Candidates(
                result=[
                    Candidate(
                        id=ENTITY.id, name=ENTITY.name, description=f"dataset · {REF.title}", type=[TYPE], score=100.0, match=True,
                        features=[Feature(id="name", value=100.0)],
                    )
                ]
            )
        }
    ),
    Suggestions(result=[Suggestion(id=ENTITY.id, name=ENTITY.name, description=f"dataset · {REF.title}", notable=[TYPE])]),
    TypeSuggestions(result=[TYPE]),
    TimelinesOut(
        family=False,
        interval="month",
        from_=date(2025, 12, 1),
        to=DAY,
        axis=[AxisBucket(start=date(2025, 12, 1), end=date(2025, 12, 31), briefings=1, items=57)],
        series=[
            SeriesOut(
                entity=ENTITY,
                members=[],
                points=[Point(items=1, mentions=1, salience=1.6875, share=0.017544, top_items=[])],
                totals=Totals(items=1, mentions=1, briefings=1),
            )
        ],
        salience=salience.WEIGHTS,
        dataset_version=VERSION,
        warnings=[],
    ),
    EntityItems(data=[WHOLE_ITEM], meta=_meta(1), links=_links(f"/v1/entities/{ENTITY.id}/items"), family=False, members=[]),
    TAG,
    SourceOut(
        **dict(SOURCE_SUMMARY),
        cited_by=[
            SourceCitation(
                item=REF,
                briefing=BRIEFING.id,
                label="arXiv:2512.17527v1",
                target="arXiv:2512.17527v1",
                arxiv_version=1,
                status="arxiv",
                reason=None,
                line=107,
            )
        ],
    ),
    PUBLISHER_OUT,
    InfoOut(
        name="Briefbase",
        version="0.1.0",
        schema_revision="0001",
        dataset_version=VERSION,
        modified_at=AT,
        counts={"briefings": 2, "items": 79, "entities": 300, "sources": 88},
        channels=[
            ChannelInfo(
                id="daily",
                briefings=2,
                first=date(2025, 11, 22),
                last=DAY,
                gaps=[Gap(from_=date(2025, 11, 23), to=date(2025, 12, 22), days=30)],
            )
        ],
        links={"briefings": "/v1/briefings", "headlines": "/v1/headlines", "openapi": "/openapi.json", "docs": "/docs"},
    ),
    Health(status="ok"),
    Readiness(status="ready", checks={"schema": "ok", "content": "ok"}),
    Problem(
        type="urn:briefbase:problem:invalid-request",
        title="Invalid request",
        status=400,
        detail="impotance: there is no such parameter; did you mean importance?",
        errors=[FaultOut(parameter="impotance", message="there is no such parameter; did you mean importance?")],
        request_id="e5197ef5e0d7472ea81596678ea1c2b4",
    ),
]  # fmt: skip

BY_SCHEMA = {re.sub(r"\W", "_", type(shown).__name__): shown.model_dump(mode="json") for shown in _ALL}
"""Examples by the name of their schema in the OpenAPI document."""
_MARKDOWN = markup.headlines_markdown(BRIEFING.title, [WHOLE_ITEM])
BY_MEDIA = {
    "text/plain": markup.headlines_text(BRIEFING.title, [WHOLE_ITEM]),
    "text/markdown": _MARKDOWN,
    "text/html": markup.page(BRIEFING.title, _MARKDOWN),
}
"""Examples of what is not JSON."""
