"""Keys of names, and the names a listed cell contains."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.normalize.lexicon import gazetteer
from app.normalize.text.folding import fold

_OPENING = "（([【「『《〈“"
_CLOSING = "）)]】」』》〉”"
# "（推）" and its like tell how sure the editor was; they are not part of the name.
_ANNOTATION = re.compile(
    r"\s*[（(\[【]\s*(?:推|推測|推测|推論|推论|推估|疑|疑似|傳|传"
    r"|待證實|待证实|未證實|未证实|暫定|暂定|猜測|猜测"
    r"|inferred|speculat(?:ed|ive)|presumed|rumou?red|unconfirmed|tbc|\?|？)\s*[）)\]】]\s*$",
    re.IGNORECASE,
)
# "OpenAI、Google 等": the last word closes the list.
_ET_CETERA = re.compile(
    r"(?:\s+(?:等等?|et al\.?|etc\.?)|(?<=[A-Za-z0-9)）])等等?)\s*$", re.IGNORECASE
)
# The slash of a fixed term separates nothing.
_FIXED_TERMS = """
a/b i/o tcp/ip ci/cd r/w tx/rx n/a w/o w/ and/or s/n km/h 24/7 client/server os/2 on/off read/write
pl/sql gb/s tb/s mb/s tok/s ui/ux b/s c/s m/d h/w s/w
""".split()
_FIXED_TERM = re.compile(
    r"(?<![A-Za-z0-9])(?:{})(?![A-Za-z0-9])".format(
        "|".join(map(re.escape, sorted(_FIXED_TERMS, key=len, reverse=True)))
    ),
    re.IGNORECASE,
)
_JOINTS = re.compile(r"[/／+＋]")
_SLASHES = "/／"
_PLUS = re.compile(r"[+＋]")
_TWO_LATIN_NAMES = re.compile(
    r"[A-Za-z][\w.\- ]+[A-Za-z0-9]\s*[+＋]\s*[A-Za-z][\w.\- ]*[A-Za-z0-9]"
)
_DIGIT_RATIO = re.compile(r"\d\s*[/／]\s*\d")
# Heads that all parts of a composite share: "GraphQL/REST API" names two APIs.
_SHARED_HEADS = frozenset(["api", "sdk", "gpu", "cpu", "npu", "llm", "os", "db"])
# Gemma 2 9B is not Gemma 2.9B: a size after a version.
_SIZE = re.compile(r"\d+(?:\.\d+)?[bmt](?![a-z0-9])")
# Markdown escapes, references and tags of HTML: `C\\#`, `AT&amp;T`, `<b>粗</b>`.
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MARKUP = re.compile(r"[\\&<]")
# An owner of repositories adds this to the name of the project: vllm-project, ggml-org.
_REPOSITORY = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*)/([A-Za-z0-9_.-]*[A-Za-z0-9_-])")
_OWNER_ENDINGS = tuple(
    "-project -org -ai -labs -lab -inc -hq -team -dev -community -io -research -foundation".split()
)
_SEPARATORS = re.compile(r"[\s\-_.·•‧・∙]+")


@dataclass(frozen=True, slots=True)
class ListedName:
    """The name or names in a listed cell."""

    name: str
    """The cell without its annotation."""
    inferred: bool
    """Whether the editor marked the cell as a guess, as in `ACMA（推）`."""
    parts: tuple[str, ...]
    """The names in a composite such as `NVLink/NVSwitch`; empty for a single name."""


def with_width(text: str) -> str:
    """Return `text` without characters that have no width, such as U+200B and U+00AD."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def invisible_places(text: str) -> set[int]:
    """Return the places of the characters of `text` that have no width."""
    places: set[int] = set()
    if text.isascii():
        return places
    for match in _INVISIBLE.finditer(text):
        places.add(match.start())
    return places


def plain_name(name: str) -> str:
    """Return a name without escapes, references, tags and invisible characters."""
    name = with_width(name)
    if not _MARKUP.search(name):
        return name
    text = html.unescape(_TAG.sub("", _ESCAPE.sub(r"\1", name)))
    return text.strip() or name


@lru_cache(maxsize=16_000)
def name_key(name: str) -> str:
    """Return the identity of a spelling: no width, case, script, dashes, dots or spaces.

    Between two digits a separator stays, as `.`, because it tells versions apart: `GPT-5.2` is not
    `GPT-52`, while `claude-3-5` is `Claude 3.5`. Before a size it stays as `-`: `Gemma 2 9B` is not
    `Gemma 2.9B`. Symbols with a meaning (`C++`, `C#`) stay. The key
    of a name with a visible character is never empty.
    """
    words = fold(plain_name(name)).split()
    folded = " ".join(words)
    key = _SEPARATORS.sub(_separator_key, folded)
    return key or folded


def _separator_key(match: re.Match[str]) -> str:
    """Return what replaces a separator in a key: a dot or nothing."""
    text = match.string
    before = text[: match.start()][-1:]
    after = text[match.end() :][:1]
    if before.isdigit() and after.isdigit():
        is_size = "." not in match.group() and _SIZE.match(text, match.end())
        return "-" if is_size else "."

    # ".NET" and "NET" are two names; so are "- " and "".
    is_leading_dot = not before and match.group().endswith(".")
    return "." if is_leading_dot else ""


@lru_cache(maxsize=16_000)
def read_cell(cell: str) -> ListedName:
    """Return the names in a cell of an entity line, without annotations."""
    text = plain_name(cell).strip()
    name = text
    if text.endswith(tuple(_CLOSING)):
        name = _ANNOTATION.sub("", text)

    is_inferred = bool(name) and name != text
    name = _ET_CETERA.sub("", name or text).strip()
    return ListedName(name=name, inferred=is_inferred, parts=split_composite(name))


def split_composite(name: str) -> tuple[str, ...]:
    """Return the parts of `A/B`, `A／B`, `A / B` or `A+B`; empty for a single name.

    A plus joins only two Latin names, each of two characters or more (`LLM+RAG`, not `C++` or
    `D-AI+`). A slash joins nothing in a fixed term (`CI/CD`), a number (`24/7`), brackets or paths.
    """
    is_single = not _JOINTS.search(name) or bool(split_repository(name))
    if is_single or "://" in name or _DIGIT_RATIO.search(name):
        return ()

    shielded = _FIXED_TERM.sub(_shield_slash, name)
    cells = split_outside_brackets(shielded, _SLASHES)
    if len(cells) == 1 and _TWO_LATIN_NAMES.fullmatch(shielded):
        cells = _PLUS.split(shielded)

    parts: list[str] = []
    for cell in cells:
        part = cell.replace("\0", "/")
        parts.append(part.strip())

    if len(parts) < 2 or not all(parts):
        return ()

    return tuple(_with_shared_head(parts))


@lru_cache(maxsize=4096)
def split_repository(name: str) -> tuple[str, str] | None:
    """Return (owner, repository) of `vllm-project/vllm`; None for two names with a slash.

    The owner is a maker, has an ending of owners, or shares the beginning of its name.
    """
    match = _REPOSITORY.fullmatch(name)
    if not match:
        return None

    owner, repository = match[1].casefold(), match[2].casefold()
    letters = re.sub("[_-]", "", owner)
    makers = gazetteer.makers()
    if letters in makers:
        is_owner = repository not in makers
    else:
        is_owner = owner.endswith(_OWNER_ENDINGS) or owner == repository

    return (match[1], match[2]) if is_owner else None


def _shield_slash(match: re.Match[str]) -> str:
    return match.group().replace("/", "\0")


def _with_shared_head(parts: Sequence[str]) -> list[str]:
    """Append the shared head of a composite to its earlier parts, if they are single words."""
    *earlier, last = parts
    stem, _, head = last.rpartition(" ")
    if not stem or head.lower() not in _SHARED_HEADS:
        return [*earlier, last]
    if " " in "".join(earlier):
        return [*earlier, last]

    completed: list[str] = []
    for part in earlier:
        completed.append(f"{part} {head}")
    completed.append(last)
    return completed


def split_outside_brackets(text: str, separators: str) -> list[str]:
    """Return `text` cut at each of `separators` outside brackets.

    Unbalanced brackets do not count as brackets.
    """
    if not any(separator in text for separator in separators):
        return [text]

    is_balanced = _count(text, _OPENING) == _count(text, _CLOSING)
    cells: list[str] = []
    depth = 0
    start = 0
    for index, char in enumerate(text):
        if is_balanced and char in _OPENING:
            depth += 1
        elif is_balanced and char in _CLOSING:
            depth -= 1
        elif depth <= 0 and char in separators:
            cells.append(text[start:index])
            start = index + 1

    cells.append(text[start:])
    return cells


def _count(text: str, chars: str) -> int:
    """Return how often any of `chars` occurs in `text`."""
    return sum(map(text.count, chars))
