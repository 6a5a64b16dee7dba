"""The section of a topic: a score for each kind from words, events, publishers and the feeds."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.draft.article import NamedArticle
from app.normalize.text.folding import fold

KINDS = ("research", "tools", "industry", "trends", "market")
DEFAULT_KIND = "industry"
_TITLE_WEIGHT, _TEXT_WEIGHT, _PUBLISHER_WEIGHT, _FEED_WEIGHT = 2.0, 0.5, 3.0, 4.0
_ACT_WEIGHT = 2.0
_TEXT_CHARS = 600

# Folded: simplified characters, lower case. Latin words are read with their usual endings.
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "research": tuple(
        "论文 研究 模型 算法 训练 推理 基准 架构 参数 学习 扩散 强化 多模态 预训练 paper study model"
        " benchmark arxiv training reasoning neural diffusion transformer dataset algorithm"
        " reinforcement multimodal weights".split()
    ),
    "tools": tuple(
        "工具 开源 框架 套件 插件 教程 部署 指南 版本 开发者 引擎 接口 tool open-source framework sdk"
        " library plugin tutorial deploy guide api github developer release version".split()
    ),
    "industry": tuple(
        "应用 企业 客户 产品 服务 合作 医院 零售 制造 汽车 机器人 上线 工厂 enterprise customer"
        " 接任 卸任 离职 product partner retail hospital factory robot deployment launch rollout"
        " resign 合建".split()
    ),
    "trends": tuple(
        "趋势 观点 监管 法案 政策 就业 治理 伦理 调查 报告 预测 展望 诉讼 版权 侵权 法院 上诉 起诉"
        " 控告 陪审 和解 欧盟 欧洲议会 白宫 国会 裁员 员工 隐私 备忘录 employee trend policy regulation"
        " survey opinion ethics jobs governance forecast lawsuit copyright court law sue jury"
        " appeal opinion layoff parliament".split()
    ),
    "market": tuple(
        "融资 估值 收购 股价 财报 财测 营收 投资 上市 亿美元 并购 市值 获利 funding valuation acquire"
        " acquisition shares earnings revenue ipo investor billion stock raises".split()
    ),
}
ACT_KINDS: Mapping[str, str] = {
    "funding": "market",
    "investment": "market",
    "acquisition": "market",
    "listing": "market",
    "earnings": "market",
    "lawsuit": "trends",
    "rules": "trends",
    "deal": "industry",
    "security": "industry",
    "people": "industry",
    "outage": "industry",
}
"""The kind of section of a kind of event: a suit over a model is no research."""
_SUBJECT_WEIGHT = 6.0
# Folded. Exports of chips are a matter of rules, whatever else the words say.
_EXPORT_RULES = re.compile(
    r"出口(?:管制|许可|限制|禁令)|(?:准许|允许|批准|同意|禁止).{0,12}(?:出售|销售|出口|销往)|暂缓(?:采购|下单)"
    r"|\bexport (?:rule|ban|control|curb|order|restriction|licen)"
    r"|\b(?:allow|approve|permit|let|clear|ban|bar)\w*\b.{0,40}\b(?:sell|sale|export)"
)
_LEASES = re.compile(r"租用|租下|租给|承租|\b(?:rent|lease)(?:s|d|ed)?\b|\b(?:rent|leas)ing\b")
_TOOLS = re.compile(
    r"框架|引擎|套件|函式库|函数库|命令列|命令行|sdk\b|\b(?:framework|library|toolkit|engine|sdk|cli)\b"
)
_TOOL_CHARS = 60
PUBLISHERS: Mapping[str, str] = {
    "arxiv.org": "research",
    "openreview.net": "research",
    "nature.com": "research",
    "science.org": "research",
    "github.com": "tools",
    "github.blog": "tools",
    "huggingface.co": "tools",
    "aws.amazon.com": "tools",
    "kdnuggets.com": "tools",
    "bloomberg.com": "market",
    "cnbc.com": "market",
    "wsj.com": "market",
    "ft.com": "market",
}


def word_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of folded words: Chinese ones anywhere, Latin ones as whole words.

    `law` is in `laws`, not in `flawed`; `api` is not in `rapid`.
    """
    patterns = []
    for word in words:
        latin = rf"\b{re.escape(word)}(?:s|es|d|ed|ing)?\b"
        patterns.append(latin if word.isascii() else re.escape(word))
    return re.compile("|".join(patterns))


_PATTERNS = {kind: word_pattern(words) for kind, words in VOCABULARY.items()}


@dataclass(frozen=True, slots=True)
class Placement:
    """The kind of section of a topic, and the evidence that decided it."""

    kind: str
    evidence: tuple[str, ...]


def place(articles: Sequence[NamedArticle]) -> Placement:
    """Return the section of a topic: the highest score, of equal ones the first kind."""
    scores = dict.fromkeys(KINDS, 0.0)
    evidence: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for named in articles:
        for kind, weight, words in _signs(named):
            scores[kind] += weight / len(articles)
            evidence[kind] += words
    best = max(KINDS, key=lambda kind: scores[kind])
    if not scores[best]:
        return Placement(DEFAULT_KIND, ())
    return Placement(best, tuple(dict.fromkeys(evidence[best])))


def _signs(named: NamedArticle) -> Iterator[tuple[str, float, list[str]]]:
    """Yield each sign of a kind in an article: the kind, the weight and the words."""
    article = named.article
    title, text = fold(article.title), fold(article.text[:_TEXT_CHARS])
    for kind, pattern in _PATTERNS.items():
        in_title = dict.fromkeys(pattern.findall(title))
        in_text = dict.fromkeys(pattern.findall(text))
        weight = _TITLE_WEIGHT * len(in_title) + _TEXT_WEIGHT * len(in_text)
        yield kind, weight, [*in_title, *in_text]
    for act in sorted(named.acts & ACT_KINDS.keys()):
        yield ACT_KINDS[act], _ACT_WEIGHT, [act]
    for kind, words in _by_subject(named, title, text):
        yield kind, _SUBJECT_WEIGHT, [words]
    by_publisher = PUBLISHERS.get(article.publisher)
    if by_publisher is not None:
        yield by_publisher, _PUBLISHER_WEIGHT, [article.publisher]
    if article.section in KINDS:
        yield article.section, _FEED_WEIGHT, [article.publisher]


def _by_subject(named: NamedArticle, title: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind that what the title is about asks for, with the evidence.

    A released model is research; a framework, a library or an engine is a tool; rules for exports
    are trends, a lease of chips is industry. A suit or a deal over a model is none of these.
    """
    exports = _EXPORT_RULES.search(title)
    if exports:
        yield "trends", exports[0]
        return
    lease = _LEASES.search(title)
    if lease:
        yield "industry", lease[0]
        return
    if named.acts & ACT_KINDS.keys():
        return
    types = {named.features.mentions[node].type for node in named.features.subjects}
    if "model" in types:
        if "release" in named.acts:
            yield "research", "release of a model"
        return
    tool = _TOOLS.search(f"{title}\n{text[:_TOOL_CHARS]}")
    if tool and types & {"product", "method"}:
        yield "tools", tool[0]


def speaks_of_the_field(articles: Sequence[NamedArticle]) -> bool:
    """Whether an article names a known entity in its title, or something else than a place."""
    for named in articles:
        if named.features.prominent or named.features.title_entities:
            return True
        if _FIELD_WORDS.search(fold(named.article.title)):
            return True
    return False


_FIELD_WORDS = word_pattern(
    (
        *("ai", "人工智能", "模型", "智能体", "机器学习", "llm", "machine learning", "robot"),
        *("机器人", "neural", "agent", "芯片", "chip", "gpu"),
    )
)
