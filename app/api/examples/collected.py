"""Examples of collected articles and topics."""

from datetime import UTC, datetime

from pydantic import BaseModel

from app.api.examples.things import DAY, links, meta
from app.query.schemas.articles import ArticleOut, ArticleRef, TopicOut, TopicRef
from app.query.schemas.lists import Page
from app.query.schemas.shared import PublisherRef

_PUBLISHER = PublisherRef(id="qbitai.com", name="量子位")
_URL = "https://www.qbitai.com/2025/12/363560.html"
_TITLE = "SGLang 原生支援昇騰"
_CHOICE = "place 5 by salience"
_ARTICLE = ArticleOut(
    id="n_5ktv3q7mwd2a",
    url=_URL,
    title=_TITLE,
    publisher=_PUBLISHER,
    feed="量子位",
    language="zh-Hant",
    published_at=datetime(2025, 12, 22, 9, 30, tzinfo=UTC),
    seen_at=datetime(2025, 12, 22, 10, 0, tzinfo=UTC),
    excerpt="SGLang 推理引擎已將昇騰納入原生後端。",
    page="done",
    page_error=None,
    topic=TopicRef(
        id="tp_4bhdq57fxava",
        date=DAY,
        title=_TITLE,
        chosen=True,
        choice=_CHOICE,
    ),
)
_TOPIC = TopicOut(
    id="tp_4bhdq57fxava",
    date=DAY,
    position=5,
    title=_TITLE,
    section="tools",
    section_evidence=["开源", "框架"],
    importance="high",
    reason="3 家來源報導（量子位、IT之家、The Register）",
    salience=3.7,
    chosen=True,
    choice=_CHOICE,
    articles=[ArticleRef(id=_ARTICLE.id, url=_URL, title=_TITLE, publisher=_PUBLISHER)],
)
COLLECTED: list[BaseModel] = [
    Page[ArticleOut](data=[_ARTICLE], meta=meta(1), links=links("/v1/articles")),
    Page[TopicOut](data=[_TOPIC], meta=meta(1), links=links("/v1/topics")),
    _ARTICLE,
    _TOPIC,
]
