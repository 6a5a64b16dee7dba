"""Examples of threads, related items, watch lists, trends, differences and quality."""

from datetime import date

from pydantic import BaseModel

from app.api.examples.things import (
    BRIEFING,
    DAY,
    EARLIER,
    ENTITY,
    ITEM,
    LATER,
    PAPER,
    REF,
    RELATED_ITEM,
    SOURCE,
    STORY,
    links,
    meta,
)
from app.query.columns import salience
from app.query.schemas.lists import Page
from app.query.schemas.quality import (
    DanglingOut,
    FieldReport,
    OddSource,
    QualityCounts,
    QualityDay,
    QualityDays,
    QualityOut,
    ReadingScoreOut,
    Reported,
    Ungrounded,
    Unreasoned,
)
from app.query.schemas.shared import BriefingRef, ItemRef
from app.query.schemas.threads import (
    JoinEvidence,
    JoinOut,
    RelatedItems,
    ThreadEntity,
    ThreadMemberOut,
    ThreadOut,
    ThreadSummary,
)
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
from app.query.schemas.watchlist import (
    AnswerOut,
    EvidenceOut,
    SharedEntity,
    WatchedOut,
    WatchlistOut,
    WatchWindow,
)
from app.query.stories import related_items, watchlist
from app.query.time import diff, trends

_COUNTS = QualityCounts(
    items=57,
    nonblank=650,
    covered=650,
    coverage=1.0,
    unassigned=0,
    problems=0,
    missing=0,
    repeated=1,
    listed=206,
    ungrounded=60,
    unreasoned=0,
    dangling=1,
    placeholder=3,
    opaque=1,
    suspicious=0,
    inferred=0,
    articles=Reported(reported=225, found=57),
    topics=Reported(reported=55, found=57),
)

STORIES: list[BaseModel] = [
    Page[ThreadSummary](data=[STORY], meta=meta(1), links=links("/v1/threads")),
    QualityOut(
        briefing=BRIEFING.id,
        lines=961,
        nonblank=650,
        covered=650,
        coverage=1.0,
        structures={"title": 65, "summary": 54},
        unassigned=[],
        problems=[],
        warnings=[],
        readings=[
            ReadingScoreOut(name="sections", score=0.93, items=57),
            ReadingScoreOut(name="structure", score=0.71, items=60),
        ],
        fields=[FieldReport(item=ITEM, title=REF.title, missing=[], repeated=["核心摘要"])],
        odd_sources=[
            OddSource(
                item=ITEM,
                label="量子位報導",
                target="qbitai_363544_2025-12-22",
                status="opaque",
                reason=None,
            )
        ],
        listed=206,
        ungrounded=[Ungrounded(item=ITEM, surface="SafeBench-Seq")],
        unreasoned=[Unreasoned(item=ITEM, label="高")],
        dangling=[
            DanglingOut(
                kind="told_elsewhere",
                name="昆山杯創業大賽",
                line=822,
                text="…昆山杯創業大賽…已在其他段落或下節涵蓋，恕不展開。",
            )
        ],
        articles=Reported(reported=225, found=57),
        topics=Reported(reported=55, found=57),
    ),
    QualityDays(
        data=[
            QualityDay(
                briefing=BRIEFING,
                counts=_COUNTS,
                links={"report": "/v1/briefings/2025-12-23/quality"},
            )
        ],
        meta=meta(1),
        links=links("/v1/quality"),
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
                        item=ItemRef(
                            id="i_7mwd453ibty2",
                            title="SafeBench-Seq 加入結構資訊",
                            date=date(2026, 1, 1),
                        ),
                        briefing="2026-01-01",
                        after_days=9,
                        score=0.6,
                        evidence=EvidenceOut(
                            entities=[SharedEntity(entity=ENTITY, weight=0.6)], words=0.0, shared=[]
                        ),
                    )
                ],
            )
        ],
        meta=meta(1),
        links=links("/v1/watchlist"),
        rule=watchlist.RULE,
    ),
    TrendsOut(
        data=[
            TrendOut(
                **dict(ENTITY),
                items=3,
                baseline=0,
                expected=2.1646,
                residual=0.5678,
                salience=3.9,
                new=True,
                first_seen=DAY,
                members=[],
                links={
                    "self": f"/v1/entities/{ENTITY.id}",
                    "items": f"/v1/items?entity={ENTITY.id}&from=2025-12-17&to=2025-12-23",
                },
            )
        ],
        meta=meta(1),
        links=links("/v1/trends"),
        window=Stretch(from_=date(2025, 12, 17), to=DAY, briefings=1, items=57),
        baseline=Stretch(from_=date(2025, 11, 19), to=date(2025, 12, 16), briefings=1, items=22),
        support=3,
        rollup=None,
        family=False,
        entity_types=["org", "model", "product", "person", "chip", "dataset", "event"],
        statistic=trends.STATISTIC,
        salience=salience.WEIGHTS,
    ),
    DiffOut(
        from_=Side(
            briefing=BriefingRef(
                id="2025-11-22",
                channel="daily",
                date=date(2025, 11, 22),
                title="多供應商生成式閘道與端雲具身智能趨勢 — 2025/11/22",
            ),
            items=22,
        ),
        to=Side(briefing=BRIEFING, items=57),
        entities=EntityDiff(
            entered=[Shift(**dict(ENTITY), before=0, after=1, residual=0.3279)],
            left=[],
            rose=[],
            fell=[],
            stayed=0,
        ),
        tags=TagDiff(
            entered=[NamedTag(slug="醫療影像", name="醫療影像", kind="tag")], left=[], stayed=1
        ),
        sources=SourceDiff(
            entered=[
                CitedSource(id=SOURCE, label="arXiv:2512.17527v1", url=PAPER, before=0, after=2)
            ],
            left=[],
            rose=[],
            fell=[],
            stayed=0,
        ),
        statistic=diff.DIFFERENCE,
    ),
    ThreadOut(
        **dict(STORY),
        members=[
            ThreadMemberOut(
                item=EARLIER, briefing=BRIEFING.id, channel="daily", role="new", joined=None
            ),
            ThreadMemberOut(
                item=LATER,
                briefing=BRIEFING.id,
                channel="daily",
                role="duplicate",
                joined=JoinOut(
                    item=EARLIER.id,
                    signal="paper",
                    score=0.97,
                    evidence=JoinEvidence(
                        sources=["s_gk3v6n7m2x4a"],
                        reference=None,
                        title=None,
                        words=[],
                        names=None,
                        entities=[],
                        text=None,
                    ),
                ),
            ),
        ],
        entities=[ThreadEntity(entity=ENTITY, items=2)],
    ),
    RelatedItems(
        data=[RELATED_ITEM],
        meta=meta(1),
        links=links(f"/v1/items/{EARLIER.id}/related"),
        item=EARLIER,
        formula=related_items.FORMULA,
    ),
]
