"""The form of an article by its title: a report, or a round-up, an opinion, a review, a guide.

A review of a model names what its release names, and a round-up names what ten reports name; they
tell of no event of their own.
"""

import re
from collections.abc import Mapping

from app.normalize.text.folding import fold

REPORT, ROUND_UP = "report", "round-up"
# Folded titles: simplified characters, lower case.
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    ROUND_UP: re.compile(
        r"\bround-?up\b|\bthis week in\b|\bweek in review\b|\bweekly (?:digest|news)\b|\brecap\b"
        r"|^everything (?:announced|new|\w+ (?:just )?announced|you need)|\bin case you missed\b"
        r"|\b(?:daily|morning|evening|news) (?:brief|briefing|digest)\b|\bnewsletter\b"
        r"|^the (?:\d+ |\w+ )?best\b|^best\b|\branked\b|^(?:the )?(?:top )?\d+ (?:\w+[ -]){0,3}"
        r"(?:tools|ways|things|takeaways|stories|startups|frameworks|models|tips|reasons)\b"
        r"|^(?:the )?(?:biggest|top) \w+"
        r" (?:news|stories|announcements)\b|懒人包|一次看|一周(?:ai|要闻|回顾|大事|新闻|科技)|周报|早报|晚报|日报\s*[|｜:：]"
        r"|本周(?:ai|要闻|回顾|大事)|盘点|汇总|总整理|精选|排行榜出炉|大(?:重点|亮点|看点)|十大"
        r"|^[二三四五六七八九十\d]+\s*(?:个|款|种|大|招|本).{0,24}(?:工具|框架|模型|方法|技巧|应用|课程|理由)"
    ),
    "opinion": re.compile(
        r"^(?:opinion|commentary|editorial|column|analysis|op-ed|essay)\b\s*[:|-]"
        r"|[|:-]\s*(?:opinion|commentary|op-ed)$|^why\b|^(?:i|we)\b"
        r"|^[【〔\[]?(?:观点|评论|社论|专栏|专访|时评|投书|短评)[】〕\]]?\s*[:：|｜/]?"
        r"|(?:观点|评论|专栏)$"
    ),
    "review": re.compile(
        r"\bhands[- ]on\b|\breview(?:ed)?\s*(?::|$)|^review\s*:|\b(?:i|we) (?:tried|tested|used)\b"
        r"|\bfirst impressions\b|实测|评测|开箱|上手|体验[:：]|使用心得"
    ),
    "guide": re.compile(
        r"\bhow to\b|\bguide to\b|\btutorial\b|\bstep by step\b|\bgetting started\b|\bexplained$"
        r"|\bexplainer\b|\bwhat (?:is|are|to know)\b|教学|教程|指南|手把手|入门|一文(?:读|看)懂|是什么"
        r"|搶先看|抢先看|\bwhat to expect\b|\bhow to watch\b"
    ),
}


def form_of(title: str) -> str:
    """Return `round-up`, `opinion`, `review` or `guide`, or `report` for any other title."""
    folded = fold(title).strip()
    for form, pattern in _PATTERNS.items():
        if pattern.search(folded):
            return form
    return REPORT
