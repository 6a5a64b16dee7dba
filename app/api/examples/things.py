"""The objects of the examples: one item of the seeds with its entity, source and thread."""

from datetime import UTC, date, datetime

from app.query.schemas.briefings import (
    BriefingCounts,
    BriefingLinks,
    BriefingSummary,
    DayLinks,
    StatsOut,
)
from app.query.schemas.buckets import BucketOut, BucketPart
from app.query.schemas.entities import EntityCounts, EntityLinks, EntitySummary
from app.query.schemas.items import (
    CitationOut,
    ClaimOut,
    DetailsOut,
    EchoOut,
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
from app.query.schemas.judgements import (
    JudgementOut,
    NodeRef,
    ReviewOut,
)
from app.query.schemas.lists import Meta, PageLinks
from app.query.schemas.reconcile import (
    SuggestAddress,
    TypeOut,
)
from app.query.schemas.related import RelatedOut
from app.query.schemas.shared import BriefingRef, EntityRef, ItemRef, PublisherRef
from app.query.schemas.taxonomy import PublisherOut, SourceSummary, TagCounts, TagOut
from app.query.schemas.threads import ReasonOut, RelatedItemOut, ThreadLinks, ThreadSummary

DAY = date(2025, 12, 23)
AT = datetime(2025, 12, 23, 7, 0, tzinfo=UTC)
VERSION = "4baa167b-2"
ITEM, SOURCE = "i_kmfldiww3ukp", "s_6mxd453iatx2"
PAPER = "https://arxiv.org/abs/2512.17527"

ENTITY = EntityRef(id="e_ylylas4vyi7o", slug="safebench-seq", name="SafeBench-Seq", type="other")
PUBLISHER = PublisherRef(id="arxiv.org", name="arXiv")
BRIEFING = BriefingRef(
    id="2025-12-23",
    channel="daily",
    date=DAY,
    title="醫療影像、公平性與基礎設施趨勢綜覽 — 2025/12/23",
)
REF = ItemRef(id=ITEM, title="SafeBench-Seq：CPU 可跑的序列級蛋白危害篩檢基準", date=DAY)

BUCKET = BucketOut(
    key="high",
    label="high",
    count=23,
    url="/v1/items?importance=high",
    parts=[BucketPart(dimension="importance", key="high", label="high", missing=False)],
)
CORE = ItemCore(
    id=ITEM,
    kind="full",
    position=4,
    parent=None,
    title=REF.title,
    summary="SafeBench-Seq 提出一個「僅用序列元資料、可在一般 CPU 執行、同源分群控制」的蛋白序列危害篩檢基準與基線分類器。",
    details=DetailsOut(
        technical=[
            NodeOut(
                text="設計原則：",
                children=[NodeOut(text="CPU-only：基線模型可在一般 CPU 上運行。", children=[])],
            )
        ],
        applications=[NodeOut(text="對蛋白生成模型進行序列層面的生物安全預篩。", children=[])],
        takeaways=[],
    ),
    importance=ImportanceOut(
        level="high", label="高", reason="直接命中「生成式生物學」的安全評估空缺。"
    ),
    entities=[
        NamedOut(surface="SafeBench-Seq", listed=True, inferred=False, entity=ENTITY, parts=[])
    ],
    sources=[
        CitationOut(
            id=SOURCE,
            label="arXiv:2512.17527v1",
            target="arXiv:2512.17527v1",
            url=PAPER,
            arxiv_id="2512.17527",
            arxiv_version=1,
            status="arxiv",
            publisher=PUBLISHER,
        )
    ],
    certainty=[
        ClaimOut(
            kind="undisclosed",
            field="details.technical",
            surface="未公開",
            text="權重未公開。",
            line=99,
            start=3601,
            end=3604,
        )
    ],
    extra=[],
    thread=None,
    echoes=[
        EchoOut(
            where="reading",
            position=2,
            id=None,
            line=940,
            text="SafeBench-Seq: A homology-controlled CPU-only protein hazard benchmark",
            signal="source",
            score=0.97,
        )
    ],
    lines=Lines(first=89, last=107),
)
MENTION = MentionOut(
    entity=ENTITY,
    kind="title",
    field="title",
    surface="SafeBench-Seq",
    line=89,
    start=4016,
    end=4029,
    method="scan",
    score=1.0,
)
WHOLE_ITEM = ItemOut(
    **dict(CORE),
    mentions=[MENTION],
    date=DAY,
    briefing=BRIEFING,
    section=SectionRef(position=1, kind="headlines", title="今日焦點（Top Headlines）"),
    updated_at=AT,
    links=ItemLinks(
        self=f"/v1/items/{ITEM}",
        source=f"/v1/items/{ITEM}/source",
        briefing="/v1/briefings/2025-12-23",
    ),
)
EARLIER = ItemRef(id="i_6sn5p4nrqk7m", title="SMELLNET：實境嗅覺辨識資料集", date=DAY)
LATER = ItemRef(id="i_zxqf6r4n2v5d", title="SMELLNET：實境嗅覺辨識資料集（工具面）", date=DAY)
STORY = ThreadSummary(
    id="th_4bhdq57fxava",
    title=EARLIER.title,
    items=2,
    channels=["daily"],
    first_date=DAY,
    last_date=DAY,
    latest=LATER,
    links=ThreadLinks(self="/v1/threads/th_4bhdq57fxava", items="/v1/items?thread=th_4bhdq57fxava"),
)
RELATED_ITEM = RelatedItemOut(
    **dict(LATER),
    briefing=BRIEFING.id,
    score=0.95,
    reasons=[
        ReasonOut(
            kind="source",
            score=0.95,
            text="Both cite the same source.",
            sources=[SOURCE],
            entities=[],
        )
    ],
    links={"self": f"/v1/items/{LATER.id}"},
)
SUMMARY = BriefingSummary(
    id=BRIEFING.id,
    channel="daily",
    date=DAY,
    edition=None,
    language="zh-Hant",
    title=BRIEFING.title,
    description="彙整2025/12/23重要AI動態：醫療影像公平性、agent安全、硬體生態與生成模型趨勢。",
    summary=None,
    published_at="2025-12-23T06:44:54+08:00",
    tags=["AI", "醫療影像", "生成式AI"],
    counts=BriefingCounts(
        sections=8,
        items=57,
        full=50,
        bullet=6,
        stub=1,
        entities=206,
        sources=62,
        watchlist=5,
        readings=5,
        background=4,
        keywords=12,
    ),
    stats=StatsOut(articles=225, topics=55, window_hours=24, generated_at=None, text=[]),
    updated_at=AT,
    links=BriefingLinks(
        self="/v1/briefings/2025-12-23",
        source="/v1/briefings/2025-12-23/source",
        quality="/v1/briefings/2025-12-23/quality",
        versions="/v1/briefings/2025-12-23/versions",
        editions="/v1/briefings?from=2025-12-23&to=2025-12-23&channel=daily",
        items="/v1/items?from=2025-12-23&to=2025-12-23&channel=daily",
        html="/v1/briefings/2025-12-23?format=html",
        markdown="/v1/briefings/2025-12-23?format=md",
    ),
)
ENTITY_SUMMARY = EntitySummary(
    **dict(ENTITY),
    counts=EntityCounts(items=1, mentions=1, briefings=1),
    first_seen=DAY,
    last_seen=DAY,
    members=[],
    links=EntityLinks(
        self=f"/v1/entities/{ENTITY.id}",
        items=f"/v1/entities/{ENTITY.id}/items",
        timeline=f"/v1/entities/{ENTITY.id}/timeline",
        related=f"/v1/entities/{ENTITY.id}/related",
        history=f"/v1/entities/{ENTITY.id}/history",
    ),
)
RELATED = RelatedOut(
    id="e_bcipivtijjyp",
    slug="cd-hit",
    name="CD-HIT",
    type="method",
    count=1,
    items=1,
    expected=0.0127,
    g2=10.7263,
    npmi=1.0,
    links={
        "self": "/v1/entities/e_bcipivtijjyp",
        "items": f"/v1/items?entity={ENTITY.id}&entity=e_bcipivtijjyp",
    },
)
TYPE = TypeOut(id="dataset", name="Dataset")
SUGGEST = SuggestAddress(
    service_url="http://127.0.0.1:8000/v1/reconcile",
    service_path="/suggest/entity",
    flyout_service_url="http://127.0.0.1:8000/v1/reconcile",
    flyout_service_path="/flyout/entity?id=${id}",
)
DOUBT = ReviewOut(
    id="j_mq3dzk5ya2c7",
    spelling="SafeBench Seq v1",
    entity=EntityRef(
        id="e_x4hbvyxkq2r7", slug="safebench-seq-v1", name="SafeBench Seq v1", type="other"
    ),
    candidate=ENTITY,
    method="fuzzy",
    score=0.91,
    evidence="SafeBench Seq v1 ~ SafeBench-Seq",
    documents=[BRIEFING],
    items=[ItemRef(id=ITEM, title=CORE.title, date=DAY)],
)
JUDGED = JudgementOut(
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
    at=AT,
    briefing=None,
    undoes=None,
    undone_by=None,
)
SOURCE_SUMMARY = SourceSummary(
    id=SOURCE,
    url=PAPER,
    arxiv_id="2512.17527",
    status="arxiv",
    publisher=PUBLISHER,
    label="arXiv:2512.17527v1",
    target="arXiv:2512.17527v1",
    citations=1,
    first_cited=DAY,
    last_cited=DAY,
    links={"self": f"/v1/sources/{SOURCE}", "items": f"/v1/items?source={SOURCE}"},
)
TAG = TagOut(
    slug="醫療影像",
    name="醫療影像",
    counts=TagCounts(tag=1, keyword=0),
    first_seen=DAY,
    last_seen=DAY,
    links={
        "self": "/v1/tags/%E9%86%AB%E7%99%82%E5%BD%B1%E5%83%8F",
        "items": "/v1/items?tag=%E9%86%AB%E7%99%82%E5%BD%B1%E5%83%8F",
    },
)
PUBLISHER_OUT = PublisherOut(
    **dict(PUBLISHER),
    sources=34,
    citations=42,
    first_cited=date(2025, 11, 22),
    last_cited=DAY,
    links={"self": "/v1/publishers/arxiv.org", "items": "/v1/items?publisher=arxiv.org"},
)


def meta(total: int) -> Meta:
    """Return the meta of a list of `total` entries."""
    return Meta(
        total=total,
        limit=20,
        next_cursor=None,
        dataset_version=VERSION,
        warnings=[],
        human_description="Items, newest first",
        members=[],
        facets={"importance": [BUCKET]},
        facets_other={"importance": 4},
    )


def links(path: str) -> PageLinks:
    """Return the links of a list with one page."""
    return PageLinks(self=path, next=None)


DAY_LINKS = DayLinks(
    **dict(SUMMARY.links),
    prev="/v1/briefings/2025-12-22",
    next="/v1/briefings/2025-12-24",
)
