"""Text that services show as it is: escaping, links and lengths of each. Pure.

Telegram: HTML mode, 4,096 UTF-16 units after parsing (core.telegram.org/bots/api), and 100 links
and bold texts, beyond which it drops them. Slack: mrkdwn, 3,000 characters in a section block
(docs.slack.dev). Discord: Markdown, 2,000 code points.
"""

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from app.query.schemas.digest import Unit
from app.render.printable import one_line

MAX_URL_CHARS = 1_000
# Zero-width characters, fillers and tags hide text; a joiner stays in an emoji of several.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u2060-\u206f\u3164\ufeff\uffa0"
    "\U000e0000-\U000e0fff]|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])"
)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#~|&]|:(?=//)|(?<=www)\.|^[-+=])")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])")
# Slack knows no escape: signs at the edge of a word are replaced by their wide forms.
_SLACK_SIGN = re.compile(r"(?<![A-Za-z0-9])[*_~`]|[*_~`](?![A-Za-z0-9])")
_WIDE = {"*": "＊", "_": "＿", "~": "～", "`": "｀"}
_TAG = re.compile(r"<[^>]*>")
_OPENING_TAG = re.compile(r"<[ab][ >]")
_SAFE_IN_URLS = "/:?#@!$&'+,;=%~-._"


def clean(text: str) -> str:
    """Return a text on one line, without invisible characters."""
    return one_line(_HIDDEN.sub("", unicodedata.normalize("NFC", text)))


def safe_url(address: str) -> str | None:
    """Return an address whose marks are percent-encoded; None if it is no web address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc or len(address) > MAX_URL_CHARS:
        return None
    return quote(address, safe=_SAFE_IN_URLS, errors="replace")


def utf16_units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True)
class MessageFormat:
    """How a service takes text.

    `escape` makes a text inert, `link` links an escaped label to a safe address, `strong`
    emphasises an escaped text, `length` counts a message as the service does, up to `limit`.
    At most `max_marks` links and strong texts are shown, by `marks`.
    """

    name: str
    unit: Unit
    limit: int | None
    escape: Callable[[str], str]
    link: Callable[[str, str], str]
    strong: Callable[[str], str]
    length: Callable[[str], int] = len
    media: str = "text/plain; charset=utf-8"
    marks: Callable[[str], int] = lambda message: 0
    max_marks: int = 0

    def fits(self, message: str, budget: int) -> bool:
        """Whether the service shows a message as it is, within `budget`."""
        is_marked = self.marks(message) <= self.max_marks
        return is_marked and self.length(message) <= min(budget, self.limit or budget)


def _markdown(text: str) -> str:
    return _LIST_NUMBER.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", text))


def _slack(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SLACK_SIGN.sub(lambda match: _WIDE[match[0]], escaped)


def _discord(text: str) -> str:
    # A zero-width space ends what would be a mention of everyone; a backslash does not.
    return _markdown(text).replace("@", "@\u200b")


def _html_link(label: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{label}</a>'


def _parsed_length(message: str) -> int:
    """Return the UTF-16 units of a message in HTML once its tags and references are parsed."""
    return utf16_units(html.unescape(_TAG.sub("", message)))


def _marks(message: str) -> int:
    """Return the number of links and bold texts of a message in HTML."""
    return len(_OPENING_TAG.findall(message))


def _bold_html(text: str) -> str:
    return f"<b>{text}</b>"


def _bold_markdown(text: str) -> str:
    return f"**{text}**"


TEXT = MessageFormat(
    "text",
    "code points",
    None,
    str,
    lambda label, url: url if label == url else f"{label} {url}",
    str,
)
MARKDOWN = MessageFormat(
    "md",
    "code points",
    None,
    _markdown,
    lambda label, url: f"[{label}](<{url}>)",
    _bold_markdown,
    media="text/markdown; charset=utf-8",
)
HTML = MessageFormat(
    "html",
    "code points",
    None,
    html.escape,
    _html_link,
    _bold_html,
    media="text/html; charset=utf-8",
)
SLACK = MessageFormat(
    "slack",
    "UTF-16 units",
    3_000,
    _slack,
    lambda label, url: f"<{url.replace('&', '&amp;')}|{label.replace('|', '¦')}>",
    str,
    utf16_units,
)
TELEGRAM = MessageFormat(
    "telegram",
    "UTF-16 units",
    4_096,
    lambda text: html.escape(text, quote=False),
    _html_link,
    _bold_html,
    _parsed_length,
    marks=_marks,
    max_marks=100,
)
DISCORD = MessageFormat(
    "discord",
    "code points",
    2_000,
    _discord,
    lambda label, url: f"[{label}](<{url}>)",
    _bold_markdown,
)
SERVICES = {service.name: service for service in (TEXT, MARKDOWN, HTML, SLACK, TELEGRAM, DISCORD)}
