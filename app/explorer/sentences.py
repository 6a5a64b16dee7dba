"""Sentences of faults in Chinese: each by its English form, `{}` for a value. Pure.

The API speaks English; pages speak the language of the reader. A sentence without a Chinese form
stays English.
"""

import re
from functools import cache

from app.explorer.words import word
from app.normalize.text.mainland import mainland

_CHINESE = {
    "Content-Length: a value is required; send the length of the form.": (
        "缺少 Content-Length；請送出表單的長度。"
    ),
    "The form is too large; expected at most {} bytes.": "表單太大；至多 {} 位元組。",
    "The form is not valid; expected multipart/form-data.": (
        "表單格式不正確；須為 multipart/form-data。"
    ),
    "text: a value is required; paste a document or choose a file": (
        "沒有內容；請貼上一份文件或選擇檔案。"
    ),
    "The document has {} bytes; the bench takes at most {}.": (
        "文件有 {} 位元組；這裡至多 {} 位元組。"
    ),
    "The document has {} bytes; at most {} are taken.": "文件有 {} 位元組；至多 {} 位元組。",
    "The document has {} lines; the bench takes at most {}.": "文件有 {} 行；這裡至多 {} 行。",
    "The document has {} lines; at most {} are taken.": "文件有 {} 行；至多 {} 行。",
    "The document is empty: it has no text to read.": "文件是空的：沒有可讀的文字。",
    "The document is not UTF-8: byte {} cannot be read. Save it as UTF-8.": (
        "文件不是 UTF-8：第 {} 個位元組無法讀取。請存成 UTF-8。"
    ),
    "The document cannot be read within {} seconds; try a smaller part of it.": (
        "{} 秒內讀不完這份文件；請試較小的一部分。"
    ),
    "The document cannot be read within the memory of a process; try a smaller part of it.": (
        "記憶體不足以讀這份文件；請試較小的一部分。"
    ),
    "The front matter is larger than {} KiB; shorten it.": "前置資料超過 {} KiB；請縮短。",
    "{} documents on the bench are running already; try again shortly.": (
        "已有 {} 份文件正在試讀；請稍後再試。"
    ),
    "{} documents on the bench of this address are running already; end one of them first.": (
        "這個位址已有 {} 份文件正在試讀；請先結束一份。"
    ),
    "The document says no date{}: give `date: YYYY-MM-DD` in the front matter, "
    "a file name such as 2025-12-23.md, or `date.pattern` in a dialect.": (
        "文件沒有日期{}：請在前置資料寫「date: YYYY-MM-DD」，用 2025-12-23.md 這樣的檔名，"
        "或在版面描述裡寫「date.pattern」。"
    ),
    "The date {} in the front matter is no day; write YYYY-MM-DD.": (
        "前置資料裡的日期 {} 不是日期；請寫成 YYYY-MM-DD。"
    ),
    "There is no entity {}; there is {}.": "沒有 {} 這個名稱；相近的是 {}。",
    "There is no entity {}; there are {}.": "沒有 {} 這個名稱；相近的有 {}。",
    "There is no entity {}.": "沒有 {} 這個名稱。",
    "{} names {} entities: {}; ask for one by its id.": (
        "{} 可指 {} 個名稱：{}；請用 id 指明一個。"
    ),
    "{}: expected one line of 1 to {} printable characters": "{}：須為一行，1 至 {} 個字元。",
    "{} cannot be merged into itself.": "{} 不能併入自己。",
    "{} is already merged into {} ({}); undo that first, or merge {}.": (
        "{} 已併入 {}（{}）；請先撤銷，或改併 {}。"
    ),
    "{} says that {} is not {}; undo that first.": "{} 判定 {} 不是 {}；請先撤銷該判定。",
    "{} says that {} is {}; undo that first.": "{} 判定 {} 是 {}；請先撤銷該判定。",
    "{} is already merged into {}; undo that first.": "{} 已併入 {}；請先撤銷。",
    "{} is not a spelling of {}; its aliases list all its spellings.": (
        "{} 不是 {} 的寫法；名稱頁列出它所有的寫法。"
    ),
    "{} is the main name of {}; split the other spellings off instead.": (
        "{} 是 {} 的主要名稱；請改拆其他寫法。"
    ),
    "{} already names {}; split it off there first.": "{} 已是 {} 的寫法；請先從那裡拆出。",
    "{} joins these two; undo that first.": "{} 把兩者併在一起；請先撤銷。",
    "A curator joined these two; undo that first.": "校訂者已把兩者併在一起；請先撤銷。",
    "No document names this entity any more.": "已沒有文件提到這個名稱。",
    "This judgement comes from a document and cannot be undone; "
    "split the spelling off, or merge.": ("這個判定來自文件，不能撤銷；請拆出寫法或併入。"),
    "An undo cannot be undone; repeat the original action.": "撤銷不能再撤銷；請重做原來的動作。",
    "This judgement does not await review; only uncertain links do.": (
        "這個判定不待審；只有未定的連結待審。"
    ),
    "{} already settled the link as {}; undo that first.": "{} 已判定為 {}；請先撤銷。",
    "The baseline from {} to {} has {} briefing: too few to compare with.": (
        "對照期 {} 至 {} 只有 {} 份簡報：太少，難以比較。"
    ),
    "The baseline from {} to {} has {} briefings: too few to compare with.": (
        "對照期 {} 至 {} 只有 {} 份簡報：太少，難以比較。"
    ),
    "The window from {} to {} has no briefing.": "觀察期 {} 至 {} 沒有簡報。",
    "The key is unknown, revoked or expired, or lacks the scope ingest.": (
        "這把金鑰不存在、已撤銷或已過期，或沒有 ingest 權限。"
    ),
    "There is no item {}.": "沒有 {} 這則項目。",
    "There is no briefing {}.": "沒有 {} 這份簡報。",
    "There is no briefing {}; the nearest is {}.": "沒有 {} 這份簡報；最近的一份是 {}。",
    "There is no channel {}; expected one of: {}.": "沒有 {} 這個頻道；現有的頻道：{}。",
    "There is no publisher {}. The id of a publisher is its domain, such as techcrunch.com.": (
        "沒有 {} 這家媒體。媒體以網域稱呼，例如 techcrunch.com。"
    ),
    "There is no thread {}. A thread has at least two items; its id follows from the first.": (
        "沒有 {} 這條故事線。故事線至少有兩則項目，識別碼由第一則決定。"
    ),
    "{}: {} is not valid; expected a date as YYYY-MM-DD": "{}：{} 不是日期；須寫成 YYYY-MM-DD。",
    "{}: {} is not valid; expected an integer": "{}：{} 不是整數。",
    "{}: {} is not valid; expected one of: {}": "{}：沒有 {} 這個值；可用的有：{}。",
    "{}: expected one of: {}": "{}：可用的值有：{}。",
    "{}: expected at least {}": "{}：至少須為 {}。",
    "{}: expected at most {}": "{}：至多為 {}。",
    "{}: extra inputs are not permitted": "{}：沒有這個參數。",
    "Invalid cursor. Pass meta.next_cursor unchanged.": "分頁的位置無效；請回到第一頁。",
    "The query takes too long; narrow it by dates or filters.": (
        "查詢費時太久；請以日期或篩選縮小範圍。"
    ),
    "The database is busy or unreachable; try again shortly.": "資料庫忙碌或連不上；請稍後再試。",
    "There are too many requests; try again shortly.": "請求太多；請稍後再試。",
    "The request failed unexpectedly; its request id identifies the log entry.": (
        "請求意外失敗；記錄可由請求編號查得。"
    ),
    "There is no {} {}; nothing matches it.": "沒有 {} {}；沒有符合的項目。",
    "There is no {} {}; nothing is left out for it.": "沒有 {} {}；沒有因此排除任何項目。",
    "There is no {} {}; the other values of the parameter still count.": (
        "沒有 {} {}；同一參數的其他值仍然有效。"
    ),
    "The form is out of date; open the page again and send it once more.": (
        "表單已過期；請重新開啟頁面再送一次。"
    ),
    "The form comes from another site; open the page here and send it again.": (
        "表單來自其他網站；請在這裡開啟頁面再送一次。"
    ),
}
_VALUE = "{}"
_KINDS = frozenset({"entity", "tag", "keyword", "publisher", "source", "channel", "thread"})
"""Kinds of things that sentences name by the parameter."""
_AROUND_CHINESE = re.compile("(?<=[\u3000-\u9fff]) (?=[\u3000-\u9fff“])|(?<=”) (?=[\u3000-\u9fff])")
"""Spaces of the form that a Latin value needs and a Chinese word or quote does not."""


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the sentences as patterns, those with most words of their own first."""
    patterns = []
    for english in sorted(_CHINESE, key=len, reverse=True):
        words = "(.+?)".join(map(re.escape, english.split(_VALUE)))
        # A fault in brackets may be missing: "no date{}:".
        pattern = words.replace("date(.+?):", "date(.*?):")
        patterns.append((re.compile(pattern, re.DOTALL), _CHINESE[english]))
    return patterns


def _value(text: str, lang: str) -> str:
    """Return a value of a sentence in the language: kinds of things in words, Chinese quotes."""
    if text in _KINDS:
        return word(text, lang)
    if len(text) > 2 and text[0] == text[-1] == "'":
        return f"「{text[1:-1]}」" if lang == "zh-Hant" else f"“{text[1:-1]}”"
    return text


def in_words_of(lang: str, sentence: str) -> tuple[str, str]:
    """Return a sentence of the API in a language, and the language that it is in."""
    if not lang.startswith("zh"):
        return sentence, "en"
    for pattern, chinese in _patterns():
        match = pattern.fullmatch(sentence)
        if match:
            form = mainland(chinese) if lang == "zh-Hans" else chinese
            sentence = form.format(*(_value(group, lang) for group in match.groups()))
            return _AROUND_CHINESE.sub("", sentence), lang
    return sentence, "en"
