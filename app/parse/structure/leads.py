"""Beginnings of bullets and paragraphs: a title of their own, a label, or plain text."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from app.parse.draft import Passage
from app.parse.inline import read_label
from app.parse.lines import Line
from app.parse.links import without_closing_address
from app.parse.markup import plain_text
from app.parse.notices import is_link_row
from app.parse.references import References, text_links
from app.parse.titles import (
    Title,
    display_width,
    opening_of,
    read_title,
    take_rating,
)
from app.parse.vocabulary import (
    field_name,
    is_aspect,
    is_pointer_label,
    is_title_label,
    names_topic,
)

OpeningKind = Literal["bold", "linked", "numbered"]

_TASK_BOX = re.compile(r"^\[[ xX]\]\s+(?:\[\[@[^\[\]]{1,80}\]\]\s+)?|^\[\[@[^\[\]]{1,80}\]\]\s+")
_BLOCK_TAG = re.compile(r"^<(?:p|div|center)(?:\s[^<>]{0,200})?>\s*(?=\S)", re.IGNORECASE)
_DECORATION = re.compile(
    r"^[^\w\s*_\[\]【】「」『』（）()《》〈〉“\"'‘`<>$#＃&@~+\-=/\\|.①-⑳⭐★🌟☆!]{1,12}\s{0,4}"
)
_BOLD = re.compile(
    r"^(?:(?P<mark>\*\*\*|\*\*|__)(?P<title>(?:(?!(?P=mark)).){1,400}?)(?P=mark)"
    r"|<(?P<tag>b|strong)>(?P<tagged>[^<>]{1,400})</(?P=tag)>(?:\s*<br\s*/?>)?)",
    re.IGNORECASE,
)
# A work's title in italics opens a text: *Title* (authors) — text.
_ITALIC = re.compile(
    r"^(?P<mark>\*|_)(?P<title>[^*_\s][^*_]{11,300})(?P=mark)(?=\s*[（(:：—–]|\s-)"
)
_SLACK = re.compile(r"^[*_]?<(?:https?://)[^<>|\s]{1,4000}\|[^<>|\n]{1,400}>[*_]?")
# A day or time before a title: `2026-08-06: **Title**`, `(02:10) Title`, `09:05 | Title`.
_STAMP = re.compile(
    r"^[\[(（【]?(?:20\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}:[0-5]\d(?::[0-5]\d)?)"
    r"[\])）】]?(?:\s*[|｜：:—–]\s*|\s+(?:-\s+)?)(?=[^\s\d])"
)
_TOPIC = re.compile(r"^#(?P<title>[^#\s][^#]{2,60}?)#\s*")
_ANCHOR = re.compile(
    r"^<a\s[^<>]{1,4000}>(?P<title>[^<>]{4,400})</a>"
    r"(?=\s*(?:$|<(?:small|span|em|i|cite|sub|br)\b|[—–:：|｜(（]|-\s))",
    re.IGNORECASE,
)
_RESTRUCTURED = re.compile(r"^`(?P<title>[^`<>]{2,300})<https?://[^`<>\s]{1,4000}>`__?")
_CATEGORISED = re.compile(
    r"^[\[［](?P<name>(?=[^\[\]［］]*[^\W\d])[^\[\]［］]{2,16})[\]］]\s*(?=[^\[(（])"
)
_ADDRESS_FIRST = re.compile(
    r"^<?https?://[^\s<>]{1,4000}>?\s*(?:[—–:：|｜]|-{1,2}\s)\s*(?=[^\s<>\[])"
)
_LINKED = re.compile(
    r"^\[(?P<title>(?:[^\[\]]|\[[^\[\]]{0,200}\]){1,400})\]"
    r"\((?P<target>[^\s()]{0,4000}(?:\([^\s()]{0,400}\)[^\s()]{0,400}){0,9})"
    r"(?:\s+\"[^\"]{0,200}\")?\)"
)
_BRACKETED = re.compile(r"^(?:【(?P<black>[^【】]{1,80})】|《(?P<angle>[^《》]{1,80})》)")
_NUMBERED = re.compile(
    r"^(?:\d{1,3}[、．)）]|\d{1,2}\ufe0f?\u20e3"
    r"|[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）]|[【<〈]\d{1,3}[】>〉]|[①-⑳]|\d{1,3}\.(?=\s)"
    r"|[#＃]\d{1,3}\s|0\d\s|\d{1,2}\s?[|｜]\s?|\d{1,2}/\s)\s*\S"
)
_PREFIXED_LINK = re.compile(
    r"^(?P<prefix>[^\[\]\n。！？!?]{1,40}?(?:[：:|｜·—–\])）】]|\s-)\s*)(?P<link>\[.*)$"
)
# A category before the link: [AI] [owner/name](u). A number alone is that of a source.
_CATEGORY = re.compile(r"^\[(?=[^\[\]]*[^\W\d])[^\[\]()]{1,24}\]\s+(?=\[)")
_SEPARATED = re.compile(
    r"^\s*(?:[：:—–|｜→]|`[^`]{1,40}`(?:\s|$)|[★⭐]\s?\d[\d.,]*[kK]?\s"
    r"|-{1,2}\s|[。.]|[（(【\[]\s*\[|\[[^\[\]]{1,60}\]\((?![^()\s]{1,2000}\)\s+[\w$€£¥])|<https?:)"
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_BRACKET = re.compile(r"^\s*[*_]?[（(][^（()）]{1,60}[)）][*_]?")
_CLOSED = tuple("。.！!？?：:…")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+$", re.IGNORECASE)
_QUOTED = re.compile(r"^(?P<mark>[\"'])(?P<inner>(?:(?!(?P=mark)).)+)(?P=mark)$")
_NAME_DASH = re.compile(r"\s*[—–|｜]\s*")
_NAME_COLON = re.compile(r"\s{0,3}[:：]?\s{0,3}")
_SHORTCODE = re.compile(r"^:[a-z][a-z0-9_+-]{1,40}:\s*(?=\S)")
_ENCLOSED = re.compile(
    r"^(?:【(?P<inner>[^【】]+)】|(?P<mark>\*{1,3}|_{1,2})(?P<words>[^*_]+)(?P=mark))$"
)
_UNFINISHED = tuple("。.，,；;、：:")
_MAX_TITLE_LINE_WIDTH = 120
_MIN_SPACED_TITLE_WIDTH = 24
_MIN_BRACKETED_TITLE_WIDTH = 14
_MAX_NAME_WIDTH = 16
_MAX_CATEGORY_WIDTH = 14
_MIN_NAMED_TITLE_WIDTH = 18
_AFTER_TITLE = re.compile(r"^(?:[\s：:—–。，,|｜→]|\.\s|-{1,2}\s)*")


@dataclass(frozen=True, slots=True)
class Opening:
    """The title a bullet or paragraph begins with, and the rest of its line.

    `label` is the title as far as it may be a field's: bold text closed by a colon.
    """

    kind: OpeningKind
    title: Title
    rest: Line
    label: str | None = None


def read_lead(line: Line, references: References) -> Opening | None:
    """Return the title `line` begins with; None where it begins with text."""
    place = (line.start, line.text)
    if place in references.lead_cache:
        lead: Opening | None = references.lead_cache[place]
        return lead
    lead = _read_lead(line, references)
    references.lead_cache[place] = lead
    return lead


def _read_lead(line: Line, references: References) -> Opening | None:
    line = without_decoration(line)
    if match := _STAMP.match(line.text):
        return _stamped_lead(line, match.end(), references)
    label = read_label(line)
    if label and label.colon and label.rest.text and is_title_label(label.text):
        words = label.rest
        if quoted := _QUOTED.match(words.text):
            words = words.cut(*quoted.span("inner"))
        rest = label.rest.cut(len(label.rest.text))
        return Opening("bold", read_title(words, references), rest)
    if match := _SLACK.match(line.text) or _ANCHOR.match(line.text):
        title = read_title(line.cut(0, match.end()), references)
        return Opening("linked", title, text_after(line, match.end()))
    lead = _bold_lead(line, references) or _linked_lead(line, references)
    if lead:
        rated, following = take_rating(lead.title, lead.rest)
        return replace(lead, title=rated, rest=following)
    if opening := _plain_lead(line, references):
        return opening
    if match := _BRACKETED.match(line.text):
        group = match.lastgroup or "black"
        words = line.cut(*match.span(group))
        rest = text_after(line, match.end())
        wide = display_width(words.text) >= _MIN_BRACKETED_TITLE_WIDTH
        if group == "black" and (wide or not rest.text):
            return Opening(
                "bold",
                read_title(words, references),
                rest,
            )
    return None


def without_decoration(line: Line) -> Line:
    """Return `line` without a task's box and symbols before its first word."""
    if match := _TASK_BOX.match(line.text) or _BLOCK_TAG.match(line.text):
        line = line.cut(match.end())
    if match := _SHORTCODE.match(line.text):
        line = line.cut(match.end())
    match = _DECORATION.match(line.text)
    return line.cut(match.end()) if match and line.text[match.end() :] else line


def label_words(line: Line) -> Line:
    """Return a line that names a section without brackets, emphasis and `:shortcode:`."""
    if match := _SHORTCODE.match(line.text):
        line = line.cut(match.end())
    if match := _ENCLOSED.match(line.text):
        line = line.cut(*match.span("inner" if match["inner"] else "words"))
    return line


def is_title_line(line: Line) -> bool:
    """Return whether a line reads as a title: short, and closed by no mark of a sentence."""
    text = plain_text(line.text)
    return 4 <= display_width(text) <= _MAX_TITLE_LINE_WIDTH and not text.endswith(_UNFINISHED)


def is_numbered(line: Line) -> bool:
    """Return whether a paragraph begins with a number of its own, such as `1、` or `①`."""
    return bool(_NUMBERED.match(line.text.lstrip("*_ ")))


def _bold_lead(line: Line, references: References) -> Opening | None:
    match = _BOLD.match(line.text)
    if not match:
        return _code_lead(line, references)
    inner = line.cut(*match.span("title" if match["title"] else "tagged"))
    after = line.text[match.end() :]
    if not _is_separated(plain_text(inner.text), after):
        return None
    joined = _named_link(line, match, references) or _linked_after_name(line, match, references)
    if joined:
        return joined
    if story := _categorised_story(line, match, references):
        return story
    title = read_title(inner, references)
    closed = inner.text[-1:] in ":：" or after.lstrip()[:1] in tuple(":：")
    label = plain_text(inner.text).rstrip(":： ") if closed else None
    kind: OpeningKind = "linked" if title.links and _LINKED.match(inner.text) else "bold"
    return Opening(
        kind,
        title,
        text_after(line, match.end()),
        label,
    )


def _named_link(
    line: Line,
    bold: re.Match[str],
    references: References,
) -> Opening | None:
    """Return `**Name** — [Title](u)` as one title, where the link's words are the longer ones."""
    name = plain_text(bold.group())
    between = _NAME_DASH.match(line.text, bold.end())
    if between is None or display_width(name) > _MAX_NAME_WIDTH or "](" in bold.group():
        return None
    link = _LINKED.match(line.text[between.end() :])
    if link is None or is_pointer_label(link["title"]) or _ADDRESS.match(link["title"]):
        return None
    end = between.end() + link.end()
    rest = line.text[end:]
    alone = not rest.strip() or bool(_BRACKET.fullmatch(rest.rstrip()))
    if not alone or display_width(link["title"]) < _MIN_NAMED_TITLE_WIDTH:
        return None
    return Opening("linked", read_title(line.cut(0, end), references), text_after(line, end))


def _categorised_story(
    line: Line,
    bold: re.Match[str],
    references: References,
) -> Opening | None:
    """Return the text of `**Funding**: Varna raised … ([x](u))` as the title, the bold its note."""
    name = plain_text(bold.group())
    between = _NAME_COLON.match(line.text, bold.end())
    bare = name.rstrip(":： ")
    if between is None or not (name != bare or between.group().strip()):
        return None
    if display_width(bare) > _MAX_CATEGORY_WIDTH or not names_topic(bare):
        return None
    rest = line.cut(between.end())
    if not text_links(rest, references) or _LINKED.match(rest.text):
        return None
    text = opening_of((rest,))
    note = Passage(bare, line.cut(*bold.span()).span)
    title = replace(read_title(rest, references), text=text, note=note)
    whole = is_title_line(without_closing_address(rest))
    return Opening("bold", title, rest.cut(len(rest.text)) if whole else rest)


def _linked_after_name(
    line: Line,
    bold: re.Match[str],
    references: References,
) -> Opening | None:
    """Return the link of `**Name:** [Title](u)` as the title, the name as its note."""
    name = plain_text(bold.group())
    between = _NAME_COLON.match(line.text, bold.end())
    closed = name[-1:] in ":："
    if between is None or not (closed or between.group().strip()):
        return None
    bare = name.rstrip(":： ")
    if field_name(bare) or is_aspect(bare) or is_pointer_label(bare) or "](" in bold.group():
        return None
    link = _LINKED.match(line.text[between.end() :])
    if link is None or is_pointer_label(link["title"]) or _ADDRESS.match(link["title"]):
        return None
    end = between.end() + link.end()
    longer = display_width(link["title"]) >= max(_MIN_NAMED_TITLE_WIDTH, display_width(bare))
    if not longer or line.text[end:].strip():
        return None
    title = read_title(line.cut(between.end(), end), references)
    note = Passage(bare, line.cut(0, bold.end()).span)
    return Opening("linked", replace(title, note=note), line.cut(len(line.text)))


def _stamped_lead(line: Line, start: int, references: References) -> Opening | None:
    """Return the title after a day or time, which becomes its note."""
    stamp = line.cut(0, start)
    note = Passage(stamp.text.rstrip("|｜：:—– -"), stamp.span)
    rest = line.cut(start)
    lead = _read_lead(rest, references)
    if lead is None and is_title_line(without_closing_address(rest)):
        lead = Opening("bold", read_title(rest, references), line.cut(len(line.text)))
    if lead is None:
        return None
    return replace(lead, title=replace(lead.title, note=lead.title.note or note))


def _plain_lead(line: Line, references: References) -> Opening | None:
    """Return the title after a time or an address, or of a work in italics."""
    if match := _ITALIC.match(line.text):
        title = read_title(line.cut(*match.span("title")), references)
        return Opening("bold", title, text_after(line, match.end()))
    if match := _RESTRUCTURED.match(line.text):
        title = read_title(line.cut(*match.span("title")), references)
        links = text_links(line.cut(0, match.end()), references)
        return Opening("linked", replace(title, links=links), text_after(line, match.end()))
    if match := _TOPIC.match(line.text):
        title = read_title(line.cut(*match.span("title")), references)
        return Opening("bold", title, text_after(line, match.end()))
    match = _CATEGORISED.match(line.text)
    if match and is_title_line(without_closing_address(line.cut(match.end()))):
        title = read_title(line.cut(match.end()), references)
        note = Passage(match["name"], line.cut(*match.span("name")).span)
        return Opening("bold", replace(title, note=note), line.cut(len(line.text)))
    match = _ADDRESS_FIRST.match(line.text)
    if match and is_title_line(line.cut(match.end())):
        title = read_title(line.cut(match.end()), references)
        links = (*text_links(line, references), *title.links)
        return Opening("linked", replace(title, links=links), line.cut(len(line.text)))
    return None


_CODE = re.compile(r"^`(?P<title>[^`]{2,120})`(?=\s*(?:[：:—–|｜]|-{1,2}\s))")


def _code_lead(line: Line, references: References) -> Opening | None:
    match = _CODE.match(line.text)
    if not match:
        return None
    title = read_title(line.cut(*match.span("title")), references)
    return Opening("bold", title, text_after(line, match.end()))


def _linked_lead(line: Line, references: References) -> Opening | None:
    match = _LINKED.match(line.text)
    start = 0
    category = _CATEGORY.match(line.text)
    if not match and category:
        start = category.end()
        match = _LINKED.match(line.text[start:])
    if not match:
        prefixed = _PREFIXED_LINK.match(line.text[:600])
        if not prefixed or field_name(prefixed["prefix"].strip(" ：:*_|｜")):
            return None
        start = prefixed.start("link")
        match = _LINKED.match(line.text[start:])
        if match and display_width(match["title"]) < display_width(prefixed["prefix"].strip()):
            # The longer words before are the title; the link names the publisher.
            return None
    if not match or is_pointer_label(match["title"]) or match["target"][:1] == "#":
        return None
    if is_link_row(line.text):
        return None
    if match["title"].startswith("!") or "![" in match["title"]:
        return None
    if _ADDRESS.match(match["title"].strip("*_` ")):
        return None
    end = start + match.end()
    if not _is_separated(plain_text(match["title"]), line.text[end:]):
        return None
    title = read_title(line.cut(start, end), references)
    return Opening("linked", title, text_after(line, end))


def _is_separated(title: str, rest: str) -> bool:
    """Return whether a bold or linked beginning is a title, not a word of the sentence."""
    title = title.rstrip("*_` ")
    if not rest.strip("*_ ") or title.endswith(_CLOSED) or _SEPARATED.match(rest):
        return True
    if bracket := _BRACKET.match(rest):
        remainder = rest[bracket.end() :]
        return not remainder.strip() or bool(_SEPARATED.match(remainder))
    if not rest[:1].isspace():
        return False
    # Chinese and Japanese prose puts no space after a bold word; a title has one.
    between_characters = bool(_CJK.search(title[-1:]) and _CJK.match(rest.lstrip()))
    return between_characters or display_width(title) >= _MIN_SPACED_TITLE_WIDTH


def text_after(line: Line, end: int) -> Line:
    """Return the text after a title that ends at `end`, without what separates them."""
    match = _AFTER_TITLE.match(line.text[end:])
    return line.cut(end + (match.end() if match else 0))
