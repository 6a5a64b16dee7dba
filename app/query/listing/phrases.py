"""Names of lists and Chinese words of closed vocabularies.

Phrases of filters are declared with the filters, in `query/request/`.
"""

from app.parse.section_kinds import SECTION_KINDS
from app.query.request.briefing_params import BRIEFING_HAS
from app.query.request.entity_params import ENTITY_HAS
from app.query.request.item_params import HAS
from app.query.request.taxonomy_params import SOURCE_HAS

ROLLUP_PHRASES = {
    "family": ("families counted in", "含家族成員"),
    "maker": ("what they make counted in", "含其產品"),
    "all": ("families and what they make counted in", "含家族成員與其產品"),
}
"""English and Chinese phrases of roll-ups."""
LIST_NAMES = {
    "items": ("Items", "項目"),
    "briefings": ("Briefings", "簡報"),
    "entities": ("Entities", "實體"),
    "tags": ("Tags and keywords", "標籤與關鍵詞"),
    "search": ("Everything", "全部"),
    "threads": ("Stories", "故事"),
    "watchlist": ("Watch-list entries", "關注清單條目"),
    "quality": ("Quality of briefings", "簡報品質"),
    "sources": ("Sources", "來源"),
    "publishers": ("Publishers", "出處"),
}
"""English and Chinese names of lists."""
CHINESE_VALUES: dict[str, dict[str, str]] = {
    "type": {"items": "項目", "entities": "實體", "sources": "來源", "briefings": "簡報"},
    "section": {kind: words.label for kind, words in SECTION_KINDS.items()},
    "importance": {
        "high": "高", "medium_high": "中高", "medium": "中", "medium_low": "中低", "low": "低",
        "unknown": "不明", "none": "無",
    },
    "kind": {
        "full": "完整", "bullet": "條列", "stub": "簡略", "tag": "標籤", "keyword": "關鍵詞",
    },
    "entity_type": {
        "org": "組織", "model": "模型", "product": "產品", "person": "人物", "method": "方法",
        "dataset": "資料集", "chip": "晶片", "place": "地點", "event": "事件", "concept": "概念",
        "other": "其他",
    },
    "status": {
        "ok": "網址", "arxiv": "arXiv", "inferred": "推得", "placeholder": "佔位", "opaque": "不透明",
        "suspicious": "可疑",
    },
    "mention": {
        "listed": "實體列", "title": "標題", "body": "內文", "keyword": "關鍵詞", "tag": "標籤",
        "watchlist": "關注清單", "insight": "洞察", "context": "上下文",
    },
    "has": HAS | BRIEFING_HAS | ENTITY_HAS | SOURCE_HAS,
    "language": {
        "zh-Hant": "繁體中文",
        "zh-Hans": "簡體中文",
        "en": "英文",
        "ja": "日文",
    },
    "certainty": {
        "guessed": "推測", "undisclosed": "未公開", "claimed": "宣稱", "none": "無",
    },
    "dimension": {
        "section": "版塊", "importance": "重要性", "kind": "形式", "entity": "實體", "entity_type": "實體類型",
        "tag": "標籤", "keyword": "關鍵詞", "publisher": "出處", "source_status": "來源狀態", "status": "狀態",
        "channel": "頻道", "day": "日", "week": "週", "month": "月", "date": "日期", "title": "標題",
        "position": "位置", "updated_at": "更新時間", "count": "數量", "key": "鍵", "name": "名稱",
        "mentions": "提及次數", "items": "項目數", "briefings": "簡報數", "citations": "引用次數",
        "sources": "來源數", "first_seen": "首見", "last_seen": "末見", "first_cited": "首次引用",
        "last_cited": "末次引用", "last": "末見", "first": "首見",
    },
}  # fmt: skip
"""Chinese words of the values of a parameter; in English the values are words already."""
CHINESE_VALUES["source_status"] = CHINESE_VALUES["status"]
