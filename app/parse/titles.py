"""Titles of headings and bullets, without number, rating, link and id, which become fields."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from app.parse.draft import (
    Importance,
    Passage,
    SourceLink,
)
from app.parse.inline import unwrapped
from app.parse.lines import Line
from app.parse.links import URL
from app.parse.markup import (
    ANCHOR,
    HEADING_ID,
    plain_text,
)
from app.parse.references import (
    References,
    text_links,
)
from app.parse.sources import closing_list_start, source_list
from app.parse.vocabulary import (
    importance_level,
    is_pointer_label,
    is_title_label,
)

_NUMBER = re.compile(
    r"^(?:[#＃]\s?(?P<hash>\d{1,4})(?![\w])[\s.:：、\-]*"
    r"|[*_]{0,2}(?P<plain>\d{1,3})[*_]{0,2}(?:[.、．)）](?!\d)[*_]{0,2}\s*"
    r"|\ufe0f?\u20e3\s*|\s?[|｜]\s+|｜|/\s+)"
    r"|[（(\[【<〈](?P<boxed>\d{1,3})[)）\]】>〉](?!\()\s*"
    r"|[（(](?P<parenthesized>[一二三四五六七八九十]{1,3})[)）]\s*"
    r"|(?P<circled>[①-⑳])\s*"
    r"|No\.?\s?(?P<ordinal>\d{1,3})[\s.:：\-]+"
    r"|第\s?(?P<counted>\d{1,3})\s?[條条則则篇]\s?[：:、]?\s*"
    r"|(?P<chinese>[一二三四五六七八九十]{1,3})[、．]\s*"
    r"|(?:新聞|新闻|頭條|头条|要聞|要闻|快訊|快讯|消息|資訊|资讯|ニュース|News|Story|Item)\s?"
    r"(?P<named>\d{1,3}|[一二三四五六七八九十]{1,3})\s?[：:、.|｜]\s*"
    r"|(?P<padded>0\d)\s+)"
)
_TITLE_LABEL = re.compile(r"^(?P<label>[^：:\n*_\[\]]{2,12})[：:](?!//)\s*(?P<title>.*)$")
_NUMBER_TAIL = re.compile(r"\s+`?[#＃](?P<tail>\d{1,4})`?\s*$")
_STARS = r"(?:[⭐★🌟☆✩✦]\ufe0f?\s?){1,10}"
_RATED = (
    r"(?:" + _STARS + r"(?:\s*\d{1,3}(?:\.\d{1,2})?(?:\s*/\s*\d{1,3})?)?"
    r"|(?<![\d/])\d{1,3}(?:\.\d{1,2})?\s*/\s*(?:100|10|5)"
    r"|\d{1,6}\s*(?:points?|pts|upvotes|votes|分|票|赞|讚|點))"
)
_RATING_TAIL = re.compile(
    r"\s*[（(\[【`·|｜—–\-]?\s*"
    r"(?:(?:重要性|重要度|評分|评分|推薦|推荐|熱度|热度|スコア|score|rating|importance)\s*[：:]?\s*)?"
    r"(?P<label>" + _RATED + r")\s*[）)\]】`]?\s*$",
    re.IGNORECASE,
)
_RATING_HEAD = re.compile(
    r"^(?:[【\[（(](?P<word>必读|必讀|必看|重磅|重要|推荐|推薦|精选|精選|must[- ]read|must[- ]see|high|"
    r"medium|low|高|中|低|必読|注目)[】\])）](?!\()\s*[：:·|]?\s*"
    r"|(?P<marked>必读|必讀|必看|重磅|must[- ]read|必読)\s*[：:|｜]\s*"
    r"|[（(\[](?P<points>\d{1,3}(?:\.\d{1,2})?\s*/\s*(?:100|10|5))[）)\]]\s*"
    r"|(?P<stars>" + _STARS + r")\s*(?=\S))",
    re.IGNORECASE,
)
_WORD_TAIL = re.compile(
    r"\s*[【\[（(](?P<label>必读|必讀|必看|重磅|must[- ]read|must[- ]see|必読)[】\])）]\s*$",
    re.IGNORECASE,
)
_CITATION_TAIL = re.compile(r"(?:\s*\[\^?\d{1,3}\]){1,20}\s*$")
# Stars before a count are those of a repository: ★35,385.
_RATING_AFTER = re.compile(
    r"^\s*(?:[（(\[【]\s*(?P<bracketed>" + _RATED + r")\s*[）)\]】]"
    r"|(?P<stars>" + _STARS + r")(?!\s?(?:\d{3}|\d{1,3},\d)))"
    r"[\s：:—–|｜·。，,-]*",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\d{1,3}(?:\.\d{1,2})?\s*/\s*\d{1,3}$")
_TAIL_CHARS = 80
_OPENING_DECORATION = re.compile(
    r"^[^\w\s*_\[\]【】「」『』（）()《》〈〉“\"'‘`<>$#＃&@~+\-=/\\|.①-⑳⭐★🌟☆]{1,12}\s{0,4}"
)
_WHOLE_LINK = re.compile(r"^\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])+)\]\(")
_CLOSING_SOURCE = re.compile(
    r"\s*(?:[（(【\[]\s*)?(?:(?:來源|来源|出處|出处|原文|source|via|from|出典)\s*[：:]?\s*)?$",
    re.IGNORECASE,
)
_CLOSING_ADDRESS = re.compile(
    r"[（(【\[]\s*(?:來源|来源|出處|出处|原文|連結|链接|source|link|via|from|出典)\s*[：:]?\s*"
    r"https?://[^\s（）()【】]+\s*[)）】\]]\s*[。.]?$",
    re.IGNORECASE,
)
_BARE_ADDRESS = re.compile(
    r"(?<=[\s。！？!?，,：:.])(?:<?https?://[^\s<>()（）\[\]]+(?:>|\[[^\[\]]{1,80}\])?"
    r"|[(（](?:https?://[^\s<>()（）]+|arxiv:\d{4}\.\d{4,5}(?:v\d)?)[)）])\s*$"
    r"|(?<=[—–|｜-])\s*arxiv:\d{4}\.\d{4,5}(?:v\d)?$",
    re.IGNORECASE,
)
# Tags of a note after its words: `… #models #law`.
_TAGS = re.compile(r"(?<=\S)(?:\s{1,4}#(?=[^\W\d])[\w/-]{2,40}){1,8}\s*$")
_TAGS_CHARS = 240
_TITLE_ENDS = "-—–|｜·•（(:："
"""Signs that part a linked title from the words after it."""
_TAIL_ADDRESS_CHARS = 4_096
_SEPARATORS = " \t:：—–|｜-·•,，"
_MIN_TITLE_CHARS = 2
_MAX_LABEL_WORDS = 2
_MAX_LABEL_WIDTH = 20


@dataclass(frozen=True, slots=True)
class Title:
    """A title and what its line says beside it. `links` are the sources the line names."""

    text: str
    line: Line
    number: Passage | None = None
    anchor: Passage | None = None
    importance: Importance | None = None
    links: tuple[SourceLink, ...] = ()
    note: Passage | None = None

    @property
    def is_numbered(self) -> bool:
        """Whether digits number it; Chinese numerals number sections as often as items."""
        return self.number is not None and self.number.text.isdecimal()

    @property
    def passage(self) -> Passage:
        """The title over its whole line."""
        return Passage(self.text, self.line.span)


def read_title(line: Line, references: References) -> Title:
    """Return the title that a line consists of."""
    place = (line.start, line.text)
    title: Title | None = references.title_cache.get(place)
    if title is None:
        title = _read_title(line, references)
        references.title_cache[place] = title
    return title


def _read_title(line: Line, references: References) -> Title:
    title = Title("", line)
    rest = _without_label(line)
    for _ in range(8):
        shorter, title = _stripped(rest, title)
        if shorter == rest:
            break
        rest = shorter
    links = text_links(rest, references)
    rest, note = _without_sources(rest)
    citations = _CITATION_TAIL.search(rest.text, max(0, len(rest.text) - _TAIL_CHARS))
    if citations and citations.start() > 0:
        rest = rest.cut(0, citations.start())
    text = plain_text(rest.text).strip(" \t:：")
    if len(text) < _MIN_TITLE_CHARS:
        text = plain_text(rest.text) or plain_text(line.text) or line.text
    return replace(title, text=text, links=links, note=note)


def _without_label(line: Line) -> Line:
    """Return `line` without a label that only announces a title, such as `標題：`."""
    match = _TITLE_LABEL.match(line.text)
    if match and match["title"].strip(" *_") and is_title_label(match["label"]):
        return line.cut(match.start("title"))
    return line


def _stripped(line: Line, title: Title) -> tuple[Line, Title]:
    """Take one decoration off the ends of `line` into `title`."""
    inner = unwrapped(line)
    if inner != line:
        return inner, title
    if match := HEADING_ID.search(line.text, max(0, len(line.text) - 400)):
        anchor = _passage(line, match, "name")
        return line.cut(0, match.start()), replace(title, anchor=anchor)
    if (match := ANCHOR.match(line.text)) and match.end() < len(line.text):
        anchor = _passage(line, match, "name")
        return line.cut(match.end()), replace(title, anchor=anchor)
    if title.number is None and (match := _NUMBER.match(line.text)):
        group = match.lastgroup or "plain"
        if line.text[match.end() :].strip(" *_"):
            number = _passage(line, match, group)
            return line.cut(match.end()), replace(title, number=number)
    match = _NUMBER_TAIL.search(line.text, max(0, len(line.text) - 16))
    if title.number is None and match and match.start() > 0:
        number = _passage(line, match, "tail")
        return line.cut(0, match.start()), replace(title, number=number)
    return _without_rating(line, title)


def _passage(line: Line, match: re.Match[str], group: str) -> Passage:
    """Return what a group of a match of `line` has, with its place."""
    return Passage(match[group], line.cut(*match.span(group)).span)


def _without_rating(line: Line, title: Title) -> tuple[Line, Title]:
    match = _RATING_TAIL.search(
        line.text,
        max(0, len(line.text) - _TAIL_CHARS),
    )
    if (
        match
        and match.start() > 0
        and _is_rating(
            match["label"],
            line.text[: match.start()],
        )
    ):
        return _cut_rating(line, title, match)
    match = _WORD_TAIL.search(line.text, max(0, len(line.text) - _TAIL_CHARS))
    if match and match.start() > 0:
        return _cut_rating(line, title, match)
    match = _RATING_HEAD.match(line.text)
    if match and line.text[match.end() :].strip():
        group = match.lastgroup or "stars"
        rating = _importance(line.cut(*match.span(group)))
        return line.cut(match.end()), _rated(title, rating)
    match = _OPENING_DECORATION.match(line.text)
    if match and _NUMBER.match(line.text, match.end()) is not None:
        return line.cut(match.end()), title
    return line, title


def _cut_rating(line: Line, title: Title, match: re.Match[str]) -> tuple[Line, Title]:
    """Take the rating that ends `line` into `title`."""
    rating = _importance(line.cut(*match.span("label")))
    return line.cut(0, match.start()), _rated(title, rating)


def take_rating(title: Title, rest: Line) -> tuple[Title, Line]:
    """Return a title with the rating that opens the text after it, and that text without it.

    Brackets around the rating, or stars, tell it from text: `[Title](u) (8.7/10) …`.
    """
    match = _RATING_AFTER.match(rest.text)
    if not match or title.importance:
        return title, rest
    rating = _importance(rest.cut(*match.span(match.lastgroup or "stars")))
    return replace(title, importance=rating), rest.cut(match.end())


def _is_rating(label: str, before: str) -> bool:
    """Return whether a number at the end is a rating: `3 分` after a word may be a length."""
    return not label[:1].isdigit() or before[-1:] in " \t" or bool(before.strip())


def _rated(title: Title, rating: Importance) -> Title:
    return title if title.importance else replace(title, importance=rating)


def _importance(line: Line) -> Importance:
    ratio = _RATIO.search(line.text)
    level = importance_level(ratio.group() if ratio else line.text)
    return Importance(level, line.text, None, line.span)


def _without_sources(
    line: Line,
) -> tuple[Line, Passage | None]:
    """Return a title line without the source links at its end, and the words beside the link."""
    if tags := _TAGS.search(line.text, max(0, len(line.text) - _TAGS_CHARS)):
        line = line.cut(0, tags.start())
    match = _WHOLE_LINK.match(line.text)
    if match and not is_pointer_label(match["label"]):
        return _linked_title(line, match)
    if start := closing_list_start(line, {}):
        line = line.cut(0, start)
    if match := _CLOSING_ADDRESS.search(line.text, _tail_start(line)):
        line = line.cut(0, match.start())
    bare = None
    if "://" in line.text or "arxiv:" in line.text.lower():
        bare = _BARE_ADDRESS.search(line.text, _tail_start(line))
    if bare and bare.start() > 0:
        line = line.cut(0, len(line.text[: bare.start()].rstrip(_SEPARATORS)))
    while (link := line.text.rfind("[")) > 0:
        end = _title_end(line.text, link)
        if end is None:
            break
        line = line.cut(0, end)
    return line, None


def _tail_start(line: Line) -> int:
    """Return the index from which a closing address is sought."""
    return max(0, len(line.text) - _TAIL_ADDRESS_CHARS)


def _linked_title(line: Line, match: re.Match[str]) -> tuple[Line, Passage | None]:
    """Return the label of a link that begins `line`, and the words that a sign parts from it.

    Words that follow without a sign make the whole line the title.
    """
    rest = line.cut(_link_end(line.text, match.end() - 1))
    label = line.cut(*match.span("label"))
    if not plain_text(rest.text).strip(_SEPARATORS + "（）()"):
        return label, None
    if rest.text[0] in _TITLE_ENDS:
        return label, Passage(rest.text, rest.span)
    return line, None


def _title_end(text: str, link: int) -> int | None:
    """Return where the title ends if the link at `link` ends `text` and is a source.

    A source is bracketed, named so, or a short label after a dash.
    """
    close = text.find("](", link)
    if text[link - 1] == "!" or close < 0:
        return None
    if text[_link_end(text, close + 1) :].strip(" ）)】]。."):
        return None
    label = text[link + 1 : close]
    sign = text[:link].rstrip()[-1:]
    opening = _CLOSING_SOURCE.search(text[max(0, link - 20) : link])
    end = link - (len(opening.group()) if opening else 0)
    if sign in ("—", "–") and _is_shorter(label, text[:link]):
        return len(text[:end].rstrip("—– "))
    bracketed = sign in "（(【[" or (label[:1] in "（([" and label[-1:] in "）)]")
    return end if bracketed or is_pointer_label(label) else None


def _is_shorter(label: str, title: str) -> bool:
    """Return whether the label of a link after a dash is a word or two, the title more."""
    if len(label.split()) > _MAX_LABEL_WORDS:
        return False
    return display_width(label) <= _MAX_LABEL_WIDTH and display_width(title) > _MAX_LABEL_WIDTH


def _link_end(text: str, opening: int) -> int:
    """Return the index after the bracket that closes the one at `opening`."""
    depth = 0
    for index in range(opening, min(len(text), opening + 8_192)):
        depth += (text[index] == "(") - (text[index] == ")")
        if depth == 0:
            return index + 1
    return len(text)


_SENTENCE_END = re.compile(r"[。！？!?](?=[^。！？!?」』”）)]|$)|\.(?=\s|$)|(?<=[」』”）)])(?=\s)")
_MIN_OPENING_CHARS = 40
_TASK_BOX = re.compile(r"\[[ xX]\]\s+(?=\S)")
_MAX_OPENING_CHARS = 120


def opening_of(lines: Sequence[Line]) -> str:
    """Return the title of a text without one; sources that close the text are left out."""
    if lines and (box := _TASK_BOX.match(lines[0].text)):
        lines = [lines[0].cut(box.end()), *lines[1:]]
    texts: list[str] = []
    addresses = takewhile(lambda line: URL.fullmatch(line.text.strip("<> ")), lines)
    above = len(list(addresses))
    for line in lines[above:] or lines:
        if texts and source_list(line, {}):
            continue
        shorter, _ = _without_sources(line)
        texts.append(shorter.text if plain_text(shorter.text) else line.text)
    return opening_title(" ".join(texts))


def opening_title(text: str) -> str:
    """Return the opening of a text without a title: whole sentences, 40 to 120 characters."""
    plain = plain_text(text[:2_000]).strip()
    for match in _SENTENCE_END.finditer(plain):
        if match.end() >= _MIN_OPENING_CHARS:
            return _shortened(plain[: match.end()].strip())
    return _shortened(plain)


def _shortened(text: str) -> str:
    text = _CITATION_TAIL.sub("", text.rstrip("，,；;、 "))
    if len(text) <= _MAX_OPENING_CHARS:
        return text
    cut = max(
        text.rfind(
            mark,
            _MIN_OPENING_CHARS,
            _MAX_OPENING_CHARS,
        )
        for mark in "，,；;、 "
    )
    return text[: cut if cut > 0 else _MAX_OPENING_CHARS].rstrip("，,；;、 ") + "…"


def display_width(text: str) -> int:
    """Return the width of `text` in columns: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return len(text) + text.translate(_WIDTHS).count(_WIDE)


_WIDE = "w"


class _Widths(dict[int, str]):
    """Map of code points to `_WIDE` or "n", filled on first use, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        is_wide = unicodedata.east_asian_width(chr(code)) in "WF"
        self[code] = _WIDE if is_wide else "n"
        return self[code]


_WIDTHS = _Widths()


def title_key(text: str) -> str:
    """Return a title for comparison with others: letters and digits only."""
    plain = unicodedata.normalize("NFKC", plain_text(text)).casefold()
    return _NOT_ALPHANUMERIC.sub("", plain)


_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
