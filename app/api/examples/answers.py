"""An example response of every shape, by schema and by media type."""

import re
from datetime import UTC, date, datetime

from pydantic import BaseModel

from app.api.examples.changes import CHANGES, EVENTS
from app.api.examples.collected import COLLECTED
from app.api.examples.exports import EXPORTS
from app.api.examples.readers import READER_MEDIA
from app.api.examples.reconciliation import RECONCILIATION
from app.api.examples.search import SEARCH
from app.api.examples.stories import STORIES
from app.api.examples.things import (
    AT,
    BRIEFING,
    BUCKET,
    CORE,
    DAY,
    DAY_LINKS,
    DOUBT,
    ENTITY,
    ENTITY_SUMMARY,
    ITEM,
    JUDGED,
    PUBLISHER_OUT,
    REF,
    RELATED,
    SOURCE_SUMMARY,
    SUMMARY,
    TAG,
    VERSION,
    WHOLE_ITEM,
    links,
    meta,
)
from app.api.examples.webhooks import WEBHOOKS
from app.api.examples.writing import WRITING
from app.query.columns import salience
from app.query.entities import related
from app.query.schemas.briefings import (
    BackgroundOut,
    BriefingOut,
    BriefingSummary,
    Headlines,
    InsightOut,
    PassageLinks,
    PassageOut,
    ReadingOut,
    SectionOut,
    WatchOut,
)
from app.query.schemas.buckets import BucketOut
from app.query.schemas.dataset import ChannelInfo, Gap, Health, InfoOut, Readiness
from app.query.schemas.digest import DigestOut, StoryOut
from app.query.schemas.documents import VersionLinks, VersionOut
from app.query.schemas.entities import (
    AliasOut,
    EntityBuckets,
    EntityItems,
    EntityOut,
    EntitySummary,
)
from app.query.schemas.items import (
    ItemOut,
)
from app.query.schemas.judgements import (
    ActOut,
    Changed,
    JudgementOut,
    ReviewOut,
    UnlistedOut,
)
from app.query.schemas.lists import FaultOut, Page, Problem
from app.query.schemas.lookup import (
    AnnotatedEntity,
    Annotation,
    AnnotationsOut,
    Completion,
    CompletionsOut,
    Hint,
)
from app.query.schemas.related import Related
from app.query.schemas.taxonomy import (
    PublisherOut,
    SourceCitation,
    SourceOut,
    SourceSummary,
    TagOut,
)
from app.query.schemas.timelines import (
    AxisBucket,
    Bucket,
    Point,
    SeriesOut,
    TimelineOut,
    TimelinesOut,
    Totals,
)
from app.render import markup, pages

SHA256 = "55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9"
_ALL: list[BaseModel] = [
    *STORIES,
    *WRITING,
    *CHANGES,
    *WEBHOOKS,
    *COLLECTED,
    *EXPORTS,
    Page[BriefingSummary](data=[SUMMARY], meta=meta(1), links=links("/v1/briefings")),
    Page[ItemOut](
        data=[WHOLE_ITEM],
        meta=meta(1),
        links=links("/v1/items?include=details,entities,sources,certainty,extra,echoes,mentions"),
    ),
    Page[EntitySummary](data=[ENTITY_SUMMARY], meta=meta(1), links=links("/v1/entities")),
    Page[ReviewOut | UnlistedOut](data=[DOUBT], meta=meta(1), links=links("/v1/review")),
    Page[JudgementOut](
        data=[JUDGED], meta=meta(1), links=links(f"/v1/entities/{ENTITY.id}/history")
    ),
    ActOut(
        changed=True,
        dry_run=False,
        entity=ENTITY,
        judgements=[JUDGED.id],
        items=Changed(total=1, ids=[ITEM], refs=DOUBT.items),
        dataset_version=VERSION,
    ),
    Page[SourceSummary](data=[SOURCE_SUMMARY], meta=meta(1), links=links("/v1/sources")),
    Page[TagOut](data=[TAG], meta=meta(1), links=links("/v1/tags")),
    Page[PublisherOut](data=[PUBLISHER_OUT], meta=meta(1), links=links("/v1/publishers")),
    SEARCH,
    DigestOut(
        from_=date(2025, 12, 17),
        to=date(2025, 12, 23),
        budget=1200,
        unit="bytes",
        stories=[
            StoryOut(
                id=WHOLE_ITEM.id,
                title=WHOLE_ITEM.title,
                summary=None,
                date=WHOLE_ITEM.date,
                briefing="2025-12-23",
                section="headlines",
                importance="高",
                thread=None,
                reports=1,
                salience=3.375,
                sources=[],
                lines=WHOLE_ITEM.lines,
                link=f"/v1/items/{WHOLE_ITEM.id}",
            )
        ],
        left=24,
        dataset_version=VERSION,
        warnings=[],
    ),
    Headlines(
        data=[WHOLE_ITEM],
        meta=meta(1),
        links=links("/v1/headlines"),
        briefing=BRIEFING,
        briefings=[BRIEFING],
        editions=[],
    ),
    Page[VersionOut](
        data=[
            VersionOut(
                sha256=SHA256,
                name="2025-12-23.md",
                bytes=57_021,
                current=True,
                first_at=datetime(2025, 12, 23, 6, 50, tzinfo=UTC),
                last_at=None,
                links=VersionLinks(document=f"/v1/documents/{SHA256}"),
            )
        ],
        meta=meta(1),
        links=links("/v1/briefings/2025-12-23/versions"),
    ),
    BriefingOut(
        **(dict(SUMMARY) | {"links": DAY_LINKS}),
        dialect="daily",
        draft=False,
        front_matter={
            "title": BRIEFING.title,
            "date": "2025-12-23T06:44:54+08:00",
            "draft": "false",
            "tags": ["AI", "醫療影像"],
        },
        heading=None,
        preamble=[],
        sections=[
            SectionOut(
                position=1,
                kind="headlines",
                title="今日焦點（Top Headlines）",
                blurb=None,
                notes=[],
                containers=[],
                items=[CORE],
            )
        ],
        insight=[InsightOut(title="今日趨勢", text="醫療影像基礎模型走向可驗證與公平性並重。")],
        watchlist=[
            WatchOut(
                id="w_jpnqwd47kuft",
                position=1,
                text="醫療影像與蛋白生成模型的公平性與安全基準（皮膚病變 GenAI、公平性資料集、SafeBench-Seq）。",
            )
        ],
        readings=[
            ReadingOut(
                title="Generalized Primal Averaging",
                target="https://arxiv.org/abs/2512.17131",
                source_id="s_gk3v6n7m2x4a",
                note=None,
            )
        ],
        background=[
            BackgroundOut(
                term="擴散模型（Diffusion Models）",
                text="現代連續生成建模的主流框架，基於正/逆向 SDE 或 ODE 迭代還原數據分布。",
            )
        ],
        keywords=["醫療影像", "prompt injection"],
    ),
    WHOLE_ITEM,
    PassageOut(
        briefing=BRIEFING.id,
        lines=CORE.lines,
        start=3110,
        end=3793,
        text=f"### {REF.title}\n",
        sha256=SHA256,
        links=PassageLinks(
            document=f"/v1/documents/{SHA256}#L{CORE.lines.first}-{CORE.lines.last}",
            briefing=f"/v1/briefings/{BRIEFING.id}",
        ),
    ),
    EntityOut(
        **dict(ENTITY_SUMMARY),
        names={"en": "SafeBench-Seq"},
        aliases=[
            AliasOut(
                id="a_7mwd453ibty2",
                name="SafeBench-Seq",
                lang="en",
                kind="spelling",
                origin="document",
            )
        ],
        family=None,
        maker=None,
        mentions={"listed": 1, "title": 1, "body": 2},
        related=[RELATED],
        external_ids={},
    ),
    TimelineOut(
        entity=ENTITY,
        rollup=None,
        family=False,
        members=[],
        interval="month",
        from_=date(2025, 11, 22),
        to=DAY,
        buckets=[
            Bucket(
                start=date(2025, 11, 1),
                end=date(2025, 11, 30),
                items=0,
                mentions=0,
                salience=0,
                briefings=1,
                share=0.0,
                top_items=[],
            ),
            Bucket(
                start=date(2025, 12, 1),
                end=date(2025, 12, 31),
                items=1,
                mentions=1,
                salience=1.6875,
                briefings=1,
                share=0.017544,
                top_items=[REF],
            ),
        ],
        totals=Totals(items=1, mentions=1, briefings=1),
        salience=salience.WEIGHTS,
        dataset_version=VERSION,
        warnings=[],
    ),
    Related(
        data=[RELATED],
        meta=meta(1),
        links=links(f"/v1/entities/{ENTITY.id}/related"),
        entity=ENTITY,
        rollup=None,
        family=False,
        members=[],
        items=79,
        own=1,
        statistic=related.STATISTIC,
    ),
    CompletionsOut(
        data=[
            Completion(
                **dict(ENTITY),
                matched="SafeBench-Seq",
                match="prefix",
                score=0.9,
                mentions=4,
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
    *RECONCILIATION,
    TimelinesOut(
        rollup=None,
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
    EntityItems(
        data=[WHOLE_ITEM],
        meta=meta(1),
        links=links(f"/v1/entities/{ENTITY.id}/items"),
        rollup=None,
        family=False,
        members=[],
    ),
    Page[BucketOut](
        data=[BUCKET],
        meta=meta(1),
        links=links("/v1/buckets/items?group_by=importance"),
    ),
    EntityBuckets(
        data=[BUCKET],
        meta=meta(1),
        links=links(f"/v1/entities/{ENTITY.id}/buckets?group_by=importance"),
        rollup=None,
        family=False,
        members=[],
    ),
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
        links={
            "briefings": "/v1/briefings",
            "headlines": "/v1/headlines",
            "openapi": "/openapi.json",
            "docs": "/docs",
        },
    ),
    Health(status="ok"),
    Readiness(status="ready", checks={"schema": "ok", "content": "ok"}),
    Problem(
        type="urn:briefbase:problem:invalid-request",
        title="Invalid request",
        status=400,
        detail="impotance: this parameter does not exist; did you mean importance?",
        errors=[
            FaultOut(
                parameter="impotance",
                message="this parameter does not exist; did you mean importance?",
            )
        ],
        request_id="e5197ef5e0d7472ea81596678ea1c2b4",
    ),
]

BY_SCHEMA = {
    re.sub(r"\W", "_", type(example).__name__): example.model_dump(mode="json") for example in _ALL
}
"""Examples by the name of their schema in the OpenAPI document."""
_MARKDOWN = markup.headlines_markdown(BRIEFING.title, [WHOLE_ITEM])
BY_MEDIA = {
    "text/plain": markup.headlines_text(BRIEFING.title, [WHOLE_ITEM]),
    "text/markdown": _MARKDOWN,
    "text/html": pages.item_page(WHOLE_ITEM, _MARKDOWN, pages.PageReader()),
    **READER_MEDIA,
    "text/csv": "id,date,title\ni_2f7ah3kqxw5c,2025-12-23,SGLang\n",
    "application/vnd.apache.parquet": "PAR1…PAR1",
    "text/event-stream": EVENTS,
    "application/x-ndjson": WHOLE_ITEM.model_dump_json(exclude={"mentions", "match"}) + "\n",
}
"""Examples of formats other than JSON, by media type."""
