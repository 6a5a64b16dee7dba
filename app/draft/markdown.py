"""A draft as Markdown in the layout of the seeds; the same draft gives the same bytes."""

import re
from collections.abc import Iterable, Iterator

from app.draft.briefing import DraftBriefing
from app.draft.ranking import HISTORY_DAYS, LEVELS
from app.draft.summaries import Quote
from app.draft.topic import DraftTopic

SECTIONS = {
    "research": "模型與技術更新（Model & Research Updates）",
    "tools": "工具與資源（Tools & Resources）",
    "industry": "產業與應用動態（Industry Applications）",
    "trends": "產業趨勢與觀點（Industry Trends & Insights）",
    "market": "市場動態精選（Key Market Updates）",
}
_SPECIAL = re.compile(r"[&`*\[\]<>~]|^\d{1,3}(?P<point>[.)])|^[#+\-]")
_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")


def write(draft: DraftBriefing, *, is_draft: bool = False) -> bytes:
    """Return the document of a draft."""
    lines = [*_front_matter(draft, is_draft=is_draft), "", "---", ""]
    lines += ["## 今日焦點（Top Headlines）", ""]
    for topic in draft.headlines:
        lines += [*_item(topic, draft), "---", ""]
    for kind, heading in SECTIONS.items():
        topics = draft.section(kind)
        if not topics:
            continue
        lines += [f"## {heading}", ""]
        for topic in topics:
            lines += [*_item(topic, draft), "---", ""]
    lines += [*_insight(draft), "---", "", *_resources(draft), "---", "", *_footer(draft)]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def escaped(text: str) -> str:
    """Return a title on one line in which Markdown finds nothing to interpret.

    Character references, not backslashes: titles of documents are read with these.
    """
    line = " ".join(text.split())
    return _UNDERSCORE.sub("&#95;", _SPECIAL.sub(_reference, line))


def _reference(match: re.Match[str]) -> str:
    before, last = match[0][:-1], match[0][-1]
    return f"{before}&#{ord(last)};"


def _yaml(text: str) -> str:
    quoted = " ".join(text.split()).replace("'", "''")
    return f"'{quoted}'"


def _front_matter(draft: DraftBriefing, *, is_draft: bool) -> list[str]:
    end = draft.terms.end
    leads = _lead_names(draft)
    subject = "、".join(leads[:3]) or "AI 動態"
    titles = "；".join(topic.title for topic in draft.headlines[:3])
    chosen = len(draft.chosen)
    lines = [
        "---",
        f"title: {_yaml(f'{subject} — {end:%Y/%m/%d}')}",
        f"date: {end.isoformat(timespec='seconds')}",
        f"draft: {'true' if is_draft else 'false'}",
    ]
    if leads:
        lines.append("tags:")
        lines += [f"  - {_yaml(name)}" for name in leads[:5]]
    lines += [
        f"description: {_yaml(f'由 {draft.articles} 篇文章整理的 {chosen} 個主題。')}",
        f"summary: {_yaml(titles)}",
        "---",
    ]
    return lines


def _lead_names(draft: DraftBriefing) -> list[str]:
    names: dict[str, None] = {}
    for topic in draft.headlines:
        if topic.lead:
            names[draft.names[topic.lead]] = None
    return list(names)


def _item(topic: DraftTopic, draft: DraftBriefing) -> Iterator[str]:
    yield f"### {escaped(topic.title)}"
    yield ""
    yield "**核心摘要**  "
    yield " ".join(map(_quoted, topic.extract.summary))
    yield ""
    if topic.extract.details:
        yield "**技術細節**  "
        for quote in topic.extract.details:
            yield f"- {_quoted(quote)}"
        yield ""
    if topic.extract.uses:
        yield "**應用場景**  "
        for quote in topic.extract.uses:
            yield f"- {_quoted(quote)}"
        yield ""
    names = "，".join(draft.names[node] for node in topic.nodes)
    if names:
        yield f"**關鍵實體**：{names}  "
    level = LEVELS[topic.rank.importance]
    yield f"**重要性**：{level} — {' '.join(topic.rank.reason.split())}  "
    links = " | ".join(_link(article.publisher_name, article.url) for article in topic.articles)
    yield f"**來源**： {links}"
    yield ""


def _quoted(quote: Quote) -> str:
    """Return a quoted sentence with the name of its publisher."""
    return f"{quote.text}（{quote.article.publisher_name}）"


def _link(label: str, url: str) -> str:
    target = url.replace(" ", "%20")
    if target.count("(") != target.count(")"):
        target = target.replace("(", "%28").replace(")", "%29")
    plain = label.replace("[", "「").replace("]", "」")
    return f"[{plain}]({target})"


def _insight(draft: DraftBriefing) -> Iterator[str]:
    yield "## 編輯洞察（Editor's Insight）"
    yield ""
    yield "### 今日趨勢總結"
    yield ""
    counts = "、".join(f"{name}（{count} 篇）" for name, count in draft.counts)
    sentence = f"本日共 {draft.articles} 篇文章，歸為 {len(draft.topics)} 組報導，選出其中 {len(draft.chosen)} 組。"
    if counts:
        sentence += f"最常被提及者為 {counts}。"
    sections = []
    for kind, heading in SECTIONS.items():
        count = sum(topic.placement.kind == kind for topic in draft.chosen)
        if count:
            sections.append(f"{heading.partition('（')[0]} {count} 組")
    if sections:
        sentence += f"依內容分：{'、'.join(sections)}。"
    yield sentence
    yield ""
    if not draft.watched:
        return
    yield "**關注清單**："
    yield ""
    for number, watched in enumerate(draft.watched, 1):
        rising = watched.rising
        counts = f"今日 {rising.articles} 篇"
        if draft.history_days:
            counts += f"，近 {HISTORY_DAYS} 日 {rising.former_items} 則"
        yield f"{number}. {watched.name} — {_quoted(watched.quote)}；{counts}  "
    yield ""


def _resources(draft: DraftBriefing) -> Iterator[str]:
    yield "## 延伸閱讀與資源"
    yield ""
    if draft.readings:
        yield "### 深度文章推薦"
        yield ""
        for quote in draft.readings:
            article = quote.article
            yield f"* {_link(article.title, article.url)} — {quote.text}  "
        yield ""
    if draft.background:
        yield "### 相關技術背景"
        yield ""
        for name, note in draft.background:
            yield f"* {name}：{note}  "
        yield ""
    yield from _keyword_line(draft.keywords)


def _keyword_line(keywords: Iterable[str]) -> Iterator[str]:
    words = [f"`{word.replace('`', '')}`" for word in keywords]
    if words:
        yield "### 本日關鍵詞"
        yield ""
        yield " ".join(words)
        yield ""


def _footer(draft: DraftBriefing) -> Iterator[str]:
    start, end = draft.terms.start, draft.terms.end
    hours = round((end - start).total_seconds() / 3600)
    offset = f"{end:%z}"
    zone = f"UTC{offset[:3]}:{offset[3:5]}"
    yield f"*資料來源：{draft.articles} 篇文章 | 分析主題：{len(draft.chosen)} 個*  "
    yield f"*資料收集時間：過去 {hours} 小時 | 報告生成時間：{end:%Y/%m/%d %H:%M:%S} {zone}*"
    yield ""
    yield "---"
