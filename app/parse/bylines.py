"""By-lines: who made the document or the text, which is not what the news is about."""

import re

_BYLINE = re.compile(
    r"(?:^|[|｜·•])[\s>*_#\-（(\[【]*"
    r"(?:(?:本文|本報|本期)?(?:作者|撰文|撰稿|文字|編輯|编辑|主編|主编|記者|记者|翻譯|翻译|譯者|译者|"
    r"編譯|编译|校對|校对|整理|製作|制作|監修|著者|執筆|編集|翻訳)\s*[:：/／]"
    r"|(?:author|authors|editor|editors|by)\s*[:：]"
    r"|(?:(?:written|edited|curated|posted|compiled|generated|created|summari[sz]ed|translated|"
    r"powered)\s+(?:\w+\s+){0,2}|)by\s+(?=[\[@A-Z])"
    r"|(?:本|以下)?(?:文|報|报|期|刊|頁|页|日報|日报|簡報|简报|摘要|內容|内容)?由[^\n，。]{1,40}?"
    r"(?:自動|自动)?(?:生成|產生|产生|產出|整理|撰寫|撰写|編譯|编译|編輯|编辑|製作|制作|驅動|驱动)"
    r"\s*(?:$|[|｜·•。.)）*_]))",
    re.IGNORECASE | re.MULTILINE,
)


def has_byline(text: str) -> bool:
    """Return whether a line of `text`, or a part of it after a bar, is a by-line."""
    return _BYLINE.search(text) is not None
