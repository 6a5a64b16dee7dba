"""Words around the news: greetings, previews, advertisements, farewells and rows of links."""

import re

from app.parse.line_cache import LineCache
from app.parse.markup import plain_text
from app.parse.vocabulary import apparatus

_GREETING = re.compile(
    r"^\W{0,6}(?:(?:plus|also)\s?[:：]|good (?:morning|afternoon|evening|day)\b|gm[,!]"
    r"|happy (?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|(?:hello|hey|hi|hiya|dear|welcome(?: back)?)\s?(?:[,!.]|(?:everyone|everybody|folks|all"
    r"|friends?"
    r"|readers?|there|humans?|subscribers?)\b)"
    r"|welcome to [\w' -]{0,30}(?:edition|issue|newsletter|digest|daily|bulletin))"
    r"|^\W{0,6}(?:大家|各位[^，,。！!]{0,8})?(?:早上好|早安|午安|晚安|下午好|晚上好|你好|您好)"
    r"|^\W{0,6}(?:おはよう|こんにち[はわ]|こんばん[はわ])",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"^\W{0,6}(?:that'?s (?:it|all|a wrap)\b|see you (?:tomorrow|next|on)\b|until (?:next|tomorrow)"
    r"|thanks? (?:you )?for reading|forwarded (?:this|to)|was this (?:email|forwarded)"
    r"|(?:love|like|enjoy(?:ed|ing)?) (?:this|our|what you|reading)\b|(?:love|like) \w{2,12}\?"
    r"|want to advertise|how did we do|what did you think|unsubscribe"
    r"|manage your (?:subscription|preferences|email)|you(?:'re| are) receiving"
    r"|if you(?:'d| would) like to (?:support|advertise)|follow us\b|share (?:this|us)\b"
    r"|(?:written|curated|edited) by(?: [\w.'-]{1,24}){1,4}$"
    r"|join (?:us|our (?:community|discord|slack|newsletter|channel))\b"
    r"|this (?:post|issue|digest|email|report|page) (?:was|is) (?:auto\w*|generated|sent|brought))"
    r"|^\W{0,6}(?:欢迎|歡迎)(?:大家)?(?:关注|關注|订阅|訂閱|投稿|扫码|掃碼|转发|轉發|追蹤)"
    r"|^\W{0,6}(?:感謝|感谢|谢谢|謝謝)(?:大家|您|你|各位)?的?(?:閱讀|阅读|收看|收聽|收听|訂閱|订阅|关注|關注)"
    r"|^\W{0,6}(?:(?:以上)?就?是今[天日]的(?:全部)?(?:内容|內容)|我們明天見|我们明天见|明天見|明天见|下期[見见再]"
    r"|(?:長按|长按|扫码|掃碼|掃描|扫描).{0,8}(?:关注|關注|入群|进群|進群|加入)|(?:点击|點擊)(?:关注|關注|上方|下方)"
    r"|(?:喜歡|喜欢).{0,8}的話|如果(?:你|您)?(?:觉得|覺得|喜欢|喜歡)"
    r"|(?:訂閱|订阅)(?:電子報|我們|我们|本報|本报|本刊|頻道|频道)"
    r"|(?:本文|本報|本报|本期|本日報|本日报|以上)(?:內容|内容)?由.{0,8}(?:自[動动]|AI|編輯|编辑|整理|彙整))"
    r"|^\W{0,6}(?:最後までお読み|それではまた|また(?:明日|来週|次回)お|この(?:記事|メール|まとめ)は.{0,16}"
    r"(?:自動|生成|配信)|フォロー(?:して|お願い)|ご購読|購読(?:は|解除)|配信停止)",
    re.IGNORECASE,
)
_PREVIEW = re.compile(
    r"^(?:here(?:'s| is| are) .{0,24}(?:happened|today|this week).{0,24}"
    r"|(?:here(?:'s| is| are) )?(?:what(?:'s| is) )?(?:inside|in (?:today's|this|tonight's)) ?"
    r"[a-z' -]{0,24}|on today's (?:menu|agenda)|today's (?:agenda|menu|rundown|lineup)"
    r"|coming up(?: today)?|(?:本期|本日|今日|今天)的?(?:看点|看點|内容|內容|導覽|导览|目录|目錄|提要)"
    r"|(?:本日|今日|今号)の(?:目次|内容|ラインナップ))$",
    re.IGNORECASE,
)
_MARKED_AD = r"[\[【（(](?:ad|pr|sponsor(?:ed)?|promo(?:ted)?|廣告|广告|推廣|推广|贊助|赞助|業配|広告)[\]】）)]"
# A headline may begin with such words, too: Together with Varna, Borealis builds …
_ADVERTISEMENT = re.compile(
    r"^\W{0,6}(?:(?:(?:brought to you|sponsored|presented|powered) by|together with|"
    r"in partnership with|a (?:message|word) from)(?: [^\s,，]{1,40}){1,4}$"
    r"|from (?:our|today's) (?:sponsor|partner)|(?:our|today's) (?:sponsor|partner)s?\b"
    r"|this (?:issue|edition|newsletter) is (?:brought|sponsored)"
    r"|(?:ad|sponsor(?:ed)?|advertisement|promo(?:ted)?|pr)\s{0,2}[:：|｜]|"
    + _MARKED_AD
    + r"|(?:廣告|广告|贊助|赞助|業配|恰饭|広告|合作推廣|合作推广)(?:\s{0,2}[：:|｜]|$)"
    r"|本期(?:由.{1,16})?(?:贊助|赞助|冠名)|(?:pr|ads?)\W{0,6}$)|"
    + _MARKED_AD
    + r"(?:\s{0,2}\[\d{1,3}\])?\W{0,4}$",
    re.IGNORECASE,
)
_END = re.compile(
    r"\W*(?:完|全文完|本期完|正文完|完结|完結|結束|结束|end|eof|fin|the end|終わり|おわり|以上)\W*",
    re.IGNORECASE,
)
_PART_OF_ROW = re.compile(
    r"(?P<target>\[[^\[\]]{1,24}\]\([^()\s]{1,2000}\)|[^\[\]]{1,24}\[\d{1,3}\])|[^\[\]()]{1,24}"
)
_ROW_SIGN = re.compile("[|｜·•]")
_MAX_ROW_PARTS = 12
_MAX_ROW_CHARS = 4_000
_TAG_LINE = re.compile(r"\s{0,3}#[^\W\d][\w-]{1,40}(?:\s{1,3}#[^\W\d][\w-]{1,40}){0,8}\s*")
_MAX_NOTICE_CHARS = 400
_MAX_PREVIEW_CHARS = 48


def is_greeting(text: str) -> bool:
    """Return whether a text greets its readers."""
    return _GREETING.match(text) is not None


def is_farewell(text: str) -> bool:
    """Return whether a text takes leave of its readers or asks them to subscribe."""
    return _FAREWELL.match(text.replace("’", "'")) is not None


def is_preview(text: str) -> bool:
    """Return whether a label announces what is below: `In today's issue:`."""
    plain = text.replace("’", "'").strip(" *_:：.…")
    return len(plain) <= _MAX_PREVIEW_CHARS and _PREVIEW.match(plain) is not None


def is_advertisement(text: str) -> bool:
    """Return whether a title or label says that an advertisement follows."""
    return _ADVERTISEMENT.search(text[:_MAX_NOTICE_CHARS].replace("’", "'")) is not None


def is_end(text: str) -> bool:
    """Return whether a line only says that the document ends: `— 完 —`."""
    return len(text) <= _MAX_PREVIEW_CHARS and _END.fullmatch(text) is not None


def is_tag_line(text: str) -> bool:
    """Return whether a line has nothing but tags: `#models #law`."""
    return _TAG_LINE.fullmatch(text) is not None


def is_link_row(text: str) -> bool:
    """Return whether a line is a row of short links: `[View Online](u) | [Sign Up](v)`.

    In plain text the links are numbers: `Sign Up [1] | View Online [2]`. The line is split first:
    one pattern for all parts took exponential time.
    """
    if "[" not in text or len(text) > _MAX_ROW_CHARS:
        return False
    parts = _ROW_SIGN.split(text.strip("*_ "))
    if not 1 < len(parts) <= _MAX_ROW_PARTS:
        return False
    matches = [_PART_OF_ROW.fullmatch(part.strip()) for part in parts]
    return bool(matches[0] and matches[0]["target"]) and all(matches)


def is_notice(title: str) -> bool:
    """Return whether a title of a unit is no news: a greeting, an advertisement, a farewell."""
    return _is_short_notice(title[:_MAX_NOTICE_CHARS])


@LineCache
def _is_short_notice(title: str) -> bool:
    plain = plain_text(title)
    if is_greeting(plain) or is_farewell(plain) or is_preview(plain) or is_advertisement(plain):
        return True
    return apparatus(plain) == "promotion"
