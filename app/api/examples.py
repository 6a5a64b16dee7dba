"""An answer of each shape, for the documentation. They are the shapes themselves, so that none can differ from what is answered."""

import re
from datetime import UTC, date, datetime

from pydantic import BaseModel

from app.query import related, salience
from app.query.schemas.briefings import (
    BackgroundOut,
    BriefingCounts,
    BriefingLinks,
    BriefingOut,
    BriefingSummary,
    FieldReport,
    Headlines,
    InsightOut,
    OddSource,
    PassageOut,
    QualityOut,
    ReadingOut,
    Reported,
    SectionOut,
    StatsOut,
    Ungrounded,
    WatchOut,
)
from app.query.schemas.dataset import ChannelInfo, Gap, Health, InfoOut, Readiness
from app.query.schemas.entities import AliasOut, EntityCounts, EntityItems, EntityLinks, EntityOut, EntitySummary
from app.query.schemas.items import (
    CitationOut,
    DetailsOut,
    ImportanceOut,
    ItemCore,
    ItemLinks,
    ItemOut,
    Lines,
    MentionOut,
    NamedOut,
    NodeOut,
    SectionRef,
)
from app.query.schemas.ledger import ActOut, Changed, JudgementOut, NodeRef, ReviewOut
from app.query.schemas.lists import FaultOut, Meta, Page, PageLinks, Problem
from app.query.schemas.lookup import AnnotatedEntity, Annotation, AnnotationsOut, Completion, CompletionsOut, Hint
from app.query.schemas.reconcile import (
    Address,
    Candidate,
    Candidates,
    Feature,
    Manifest,
    Preview,
    Results,
    Suggest,
    Suggestion,
    Suggestions,
    TypeOut,
    TypeSuggestions,
    View,
)
from app.query.schemas.related import Related, RelatedOut
from app.query.schemas.shared import BriefingRef, EntityRef, ItemRef, PublisherRef
from app.query.schemas.taxonomy import PublisherOut, SourceCitation, SourceOut, SourceSummary, TagCounts, TagOut
from app.query.schemas.timelines import AxisBucket, Bucket, Point, SeriesOut, TimelineOut, TimelinesOut, Totals
from app.render import markup

_DAY = date(2025, 12, 23)
_AT = datetime(2025, 12, 23, 7, 0, tzinfo=UTC)
_VERSION = "4baa167b-2"
_ITEM, _SOURCE = "i_kmfldiww3ukp", "s_6mxd453iatx2"
_PAPER = "https://arxiv.org/abs/2512.17527"

_ENTITY = EntityRef(id="e_ylylas4vyi7o", slug="safebench-seq", name="SafeBench-Seq", type="other")
_PUBLISHER = PublisherRef(id="arxiv.org", name="arXiv")
_BRIEFING = BriefingRef(id="2025-12-23", channel="daily", date=_DAY, title="醫療影像、公平性與基礎設施趨勢綜覽 — 2025/12/23")
_REF = ItemRef(id=_ITEM, title="SafeBench-Seq：CPU 可跑的序列級蛋白危害篩檢基準", date=_DAY)

_CORE = ItemCore(
    id=_ITEM,
    kind="full",
    position=4,
    parent=None,
    title=_REF.title,
    summary="SafeBench-Seq 提出一個「僅用序列元資料、可在一般 CPU 執行、同源分群控制」的蛋白序列危害篩檢基準與基線分類器。",
    details=DetailsOut(
        technical=[NodeOut(text="設計原則：", children=[NodeOut(text="CPU-only：基線模型可在一般 CPU 上運行。", children=[])])],
        applications=[NodeOut(text="對蛋白生成模型進行序列層面的生物安全預篩。", children=[])],
        takeaways=[],
    ),
    importance=ImportanceOut(level="high", label="高", reason="直接命中「生成式生物學」的安全評估空缺。"),
    entities=[NamedOut(surface="SafeBench-Seq", listed=True, inferred=False, entity=_ENTITY, parts=[])],
    sources=[
        CitationOut(
            id=_SOURCE,
            label="arXiv:2512.17527v1",
            target="arXiv:2512.17527v1",
            url=_PAPER,
            arxiv_id="2512.17527",
            arxiv_version=1,
            status="arxiv",
            publisher=_PUBLISHER,
        )
    ],
    extra=[],
    lines=Lines(first=89, last=107),
)
_MENTION = MentionOut(
    entity=_ENTITY, kind="title", field="title", surface="SafeBench-Seq", line=89, start=4016, end=4029, method="scan", score=1.0
)
_WHOLE_ITEM = ItemOut(
    **dict(_CORE),
    mentions=[_MENTION],
    date=_DAY,
    briefing=_BRIEFING,
    section=SectionRef(position=1, kind="headlines", title="今日焦點（Top Headlines）"),
    updated_at=_AT,
    links=ItemLinks(self=f"/v1/items/{_ITEM}", source=f"/v1/items/{_ITEM}/source", briefing="/v1/briefings/2025-12-23"),
)
_SUMMARY = BriefingSummary(
    id=_BRIEFING.id,
    channel="daily",
    date=_DAY,
    title=_BRIEFING.title,
    description="彙整2025/12/23重要AI動態：醫療影像公平性、agent安全、硬體生態與生成模型趨勢。",
    summary=None,
    published_at="2025-12-23T06:44:54+08:00",
    tags=["AI", "醫療影像", "生成式AI"],
    counts=BriefingCounts(
        sections=8, items=57, full=50, bullet=6, stub=1, entities=206, sources=62, watchlist=5, readings=5, background=4, keywords=12
    ),
    stats=StatsOut(articles=225, topics=55, window_hours=24, generated_at=None, text=[]),
    updated_at=_AT,
    links=BriefingLinks(
        self="/v1/briefings/2025-12-23",
        source="/v1/briefings/2025-12-23/source",
        quality="/v1/briefings/2025-12-23/quality",
        items="/v1/items?from=2025-12-23&to=2025-12-23&channel=daily",
        html="/v1/briefings/2025-12-23?format=html",
        markdown="/v1/briefings/2025-12-23?format=md",
    ),
)
_ENTITY_SUMMARY = EntitySummary(
    **dict(_ENTITY),
    counts=EntityCounts(items=1, mentions=1, briefings=1),
    first_seen=_DAY,
    last_seen=_DAY,
    links=EntityLinks(
        self=f"/v1/entities/{_ENTITY.id}",
        items=f"/v1/entities/{_ENTITY.id}/items",
        timeline=f"/v1/entities/{_ENTITY.id}/timeline",
        related=f"/v1/entities/{_ENTITY.id}/related",
        history=f"/v1/entities/{_ENTITY.id}/history",
    ),
)
_RELATED = RelatedOut(
    id="e_bcipivtijjyp",
    slug="cd-hit",
    name="CD-HIT",
    type="method",
    count=1,
    items=1,
    expected=0.0127,
    g2=10.7263,
    npmi=1.0,
    links={"self": "/v1/entities/e_bcipivtijjyp", "items": f"/v1/items?entity={_ENTITY.id}&entity=e_bcipivtijjyp"},
)
_TYPE = TypeOut(id="dataset", name="Dataset")
_SUGGEST = Address(service_url="http://127.0.0.1:8000/v1/reconcile", service_path="/suggest/entity")
_DOUBT = ReviewOut(
    id="j_mq3dzk5ya2c7",
    spelling="SafeBench Seq v1",
    entity=EntityRef(id="e_x4hbvyxkq2r7", slug="safebench-seq-v1", name="SafeBench Seq v1", type="other"),
    candidate=_ENTITY,
    method="fuzzy",
    score=0.91,
    evidence="SafeBench Seq v1 ~ SafeBench-Seq",
    documents=[_BRIEFING],
)
_JUDGED = JudgementOut(
    id="j_5na7kxv2mzd4",
    kind="merge",
    verdict="positive",
    left=NodeRef(kind="name", value="safebenchseqv1"),
    right=NodeRef(kind="name", value="safebenchseq"),
    method="curator",
    score=1.0,
    evidence="SafeBench Seq v1 → SafeBench-Seq",
    actor="desk",
    reason="The paper names its first version so.",
    at=_AT,
    briefing=None,
    undoes=None,
    undone_by=None,
)
_SOURCE_SUMMARY = SourceSummary(
    id=_SOURCE,
    url=_PAPER,
    arxiv_id="2512.17527",
    status="arxiv",
    publisher=_PUBLISHER,
    label="arXiv:2512.17527v1",
    target="arXiv:2512.17527v1",
    citations=1,
    first_cited=_DAY,
    last_cited=_DAY,
    links={"self": f"/v1/sources/{_SOURCE}", "items": f"/v1/items?source={_SOURCE}"},
)
_TAG = TagOut(
    slug="醫療影像",
    name="醫療影像",
    counts=TagCounts(tag=1, keyword=0),
    first_seen=_DAY,
    last_seen=_DAY,
    links={"self": "/v1/tags/%E9%86%AB%E7%99%82%E5%BD%B1%E5%83%8F", "items": "/v1/items?tag=%E9%86%AB%E7%99%82%E5%BD%B1%E5%83%8F"},
)
_PUBLISHER_OUT = PublisherOut(
    **dict(_PUBLISHER),
    sources=34,
    citations=42,
    first_cited=date(2025, 11, 22),
    last_cited=_DAY,
    links={"self": "/v1/publishers/arxiv.org", "items": "/v1/items?publisher=arxiv.org"},
)


def _meta(total: int) -> Meta:
    return Meta(total=total, limit=20, next_cursor=None, dataset_version=_VERSION, warnings=[])


def _links(path: str) -> PageLinks:
    return PageLinks(self=path, next=None)


_ALL: list[BaseModel] = [
    Page[BriefingSummary](data=[_SUMMARY], meta=_meta(1), links=_links("/v1/briefings")),
    Page[ItemOut](data=[_WHOLE_ITEM], meta=_meta(1), links=_links("/v1/items?include=details,entities,sources,extra,mentions")),
    Page[EntitySummary](data=[_ENTITY_SUMMARY], meta=_meta(1), links=_links("/v1/entities")),
    Page[ReviewOut](data=[_DOUBT], meta=_meta(1), links=_links("/v1/review")),
    Page[JudgementOut](data=[_JUDGED], meta=_meta(1), links=_links(f"/v1/entities/{_ENTITY.id}/history")),
    ActOut(
        changed=True,
        dry_run=False,
        entity=_ENTITY,
        judgements=[_JUDGED.id],
        items=Changed(total=1, ids=[_ITEM]),
        dataset_version=_VERSION,
    ),
    Page[SourceSummary](data=[_SOURCE_SUMMARY], meta=_meta(1), links=_links("/v1/sources")),
    Page[TagOut](data=[_TAG], meta=_meta(1), links=_links("/v1/tags")),
    Page[PublisherOut](data=[_PUBLISHER_OUT], meta=_meta(1), links=_links("/v1/publishers")),
    Headlines(data=[_WHOLE_ITEM], meta=_meta(1), links=_links("/v1/headlines"), briefing=_BRIEFING),
    BriefingOut(
        **dict(_SUMMARY),
        dialect="daily",
        draft=False,
        front_matter={"title": _BRIEFING.title, "date": "2025-12-23T06:44:54+08:00", "draft": "false", "tags": ["AI", "醫療影像"]},
        heading=None,
        preamble=[],
        sections=[
            SectionOut(position=1, kind="headlines", title="今日焦點（Top Headlines）", blurb=None, notes=[], containers=[], items=[_CORE])
        ],
        insight=[InsightOut(title="今日趨勢", text="醫療影像基礎模型走向可驗證與公平性並重。")],
        watchlist=[WatchOut(id="w_jpnqwd47kuft", position=1, text="醫療影像與蛋白生成模型的公平性與安全基準（皮膚病變 GenAI、公平性資料集、SafeBench-Seq）。")],
        readings=[ReadingOut(title="Generalized Primal Averaging", target="https://arxiv.org/abs/2512.17131", source_id="s_gk3v6n7m2x4a", note=None)],
        background=[BackgroundOut(term="擴散模型（Diffusion Models）", text="現代連續生成建模的主流框架，基於正/逆向 SDE 或 ODE 迭代還原數據分布。")],
        keywords=["醫療影像", "prompt injection"],
    ),
    QualityOut(
        briefing=_BRIEFING.id,
        lines=961,
        nonblank=650,
        covered=650,
        coverage=1.0,
        structures={"title": 65, "summary": 54},
        unassigned=[],
        problems=[],
        fields=[FieldReport(item=_ITEM, title=_REF.title, missing=[], repeated=["核心摘要"])],
        odd_sources=[OddSource(item=_ITEM, label="量子位報導", target="qbitai_363544_2025-12-22", status="opaque", reason=None)],
        ungrounded=[Ungrounded(item=_ITEM, surface="SafeBench-Seq")],
        articles=Reported(reported=225, found=57),
        topics=Reported(reported=55, found=57),
    ),
    _WHOLE_ITEM,
    PassageOut(
        briefing=_BRIEFING.id,
        lines=_CORE.lines,
        start=3110,
        end=3793,
        text=f"### {_REF.title}\n",
        sha256="55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9",
    ),
    EntityOut(
        **dict(_ENTITY_SUMMARY),
        names={"en": "SafeBench-Seq"},
        aliases=[AliasOut(id="a_7mwd453ibty2", name="SafeBench-Seq", lang="en", kind="spelling", origin="document")],
        family=None,
        maker=None,
        members=[],
        mentions={"listed": 1, "title": 1, "body": 2},
        related=[_RELATED],
        external_ids={},
    ),
    TimelineOut(
        entity=_ENTITY,
        family=False,
        members=[],
        interval="month",
        from_=date(2025, 11, 22),
        to=_DAY,
        buckets=[
            Bucket(
                start=date(2025, 11, 1), end=date(2025, 11, 30), items=0, mentions=0, salience=0, briefings=1, share=0.0, top_items=[]
            ),
            Bucket(
                start=date(2025, 12, 1), end=date(2025, 12, 31), items=1, mentions=1, salience=1.6875, briefings=1, share=0.017544, top_items=[_REF]
            ),
        ],
        totals=Totals(items=1, mentions=1, briefings=1),
        salience=salience.WEIGHTS,
        dataset_version=_VERSION,
        warnings=[],
    ),
    Related(
        data=[_RELATED],
        meta=_meta(1),
        links=_links(f"/v1/entities/{_ENTITY.id}/related"),
        entity=_ENTITY,
        family=False,
        members=[],
        items=79,
        own=1,
        statistic=related.STATISTIC,
    ),
    CompletionsOut(
        data=[
            Completion(
                **dict(_ENTITY), matched="SafeBench-Seq", match="prefix", score=0.9, mentions=4,
                hint=Hint(text=f"dataset · {_REF.title}", maker=None, family=None, last_item=_REF),
            )
        ],
        dataset_version=_VERSION,
    ),
    AnnotationsOut(
        annotations=[Annotation(start=0, end=13, surface="SafeBench-Seq", entity=_ENTITY.id)],
        entities=[AnnotatedEntity(**dict(_ENTITY), items=[_REF])],
        dataset_version=_VERSION,
    ),
    Manifest(
        versions=["0.2"],
        name="Briefbase",
        identifierSpace="http://127.0.0.1:8000/v1/entities/",
        schemaSpace="http://127.0.0.1:8000/docs#types",
        documentation="http://127.0.0.1:8000/docs",
        serviceVersion="0.1.0",
        view=View(url="http://127.0.0.1:8000/v1/entities/{{id}}"),
        defaultTypes=[_TYPE],
        suggest=Suggest(entity=_SUGGEST, type=_SUGGEST, property=_SUGGEST),
        preview=Preview(url="http://127.0.0.1:8000/v1/reconcile/preview?id={{id}}", width=420, height=160),
    ),
    Results(
        {
            "q0": Candidates(
                result=[
                    Candidate(
                        id=_ENTITY.id, name=_ENTITY.name, description=f"dataset · {_REF.title}", type=[_TYPE], score=100.0, match=True,
                        features=[Feature(id="name", value=100.0)],
                    )
                ]
            )
        }
    ),
    Suggestions(result=[Suggestion(id=_ENTITY.id, name=_ENTITY.name, description=f"dataset · {_REF.title}", notable=[_TYPE])]),
    TypeSuggestions(result=[_TYPE]),
    TimelinesOut(
        family=False,
        interval="month",
        from_=date(2025, 12, 1),
        to=_DAY,
        axis=[AxisBucket(start=date(2025, 12, 1), end=date(2025, 12, 31), briefings=1, items=57)],
        series=[
            SeriesOut(
                entity=_ENTITY,
                members=[],
                points=[Point(items=1, mentions=1, salience=1.6875, share=0.017544, top_items=[])],
                totals=Totals(items=1, mentions=1, briefings=1),
            )
        ],
        salience=salience.WEIGHTS,
        dataset_version=_VERSION,
        warnings=[],
    ),
    EntityItems(data=[_WHOLE_ITEM], meta=_meta(1), links=_links(f"/v1/entities/{_ENTITY.id}/items"), family=False, members=[]),
    _TAG,
    SourceOut(
        **dict(_SOURCE_SUMMARY),
        cited_by=[
            SourceCitation(
                item=_REF,
                briefing=_BRIEFING.id,
                label="arXiv:2512.17527v1",
                target="arXiv:2512.17527v1",
                arxiv_version=1,
                status="arxiv",
                reason=None,
                line=107,
            )
        ],
    ),
    _PUBLISHER_OUT,
    InfoOut(
        name="Briefbase",
        version="0.1.0",
        schema_revision="0001",
        dataset_version=_VERSION,
        modified_at=_AT,
        counts={"briefings": 2, "items": 79, "entities": 300, "sources": 88},
        channels=[
            ChannelInfo(
                id="daily",
                briefings=2,
                first=date(2025, 11, 22),
                last=_DAY,
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
_MARKDOWN = markup.headlines_markdown(_BRIEFING.title, [_WHOLE_ITEM])
BY_MEDIA = {
    "text/plain": markup.headlines_text(_BRIEFING.title, [_WHOLE_ITEM]),
    "text/markdown": _MARKDOWN,
    "text/html": markup.page(_BRIEFING.title, _MARKDOWN),
}
"""Examples of what is not JSON."""
