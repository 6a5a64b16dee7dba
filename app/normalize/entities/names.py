"""Keys of names, and how a listed cell is taken apart into the names it holds."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.normalize.text.folding import fold

# "（推）" and its like say how sure the editor was; they are no part of the name.
_ANNOTATION = re.compile(
    r"\s*[（(\[【]\s*(?:推|推測|推测|推論|推论|推估|疑|疑似|傳|传|待證實|待证实|未證實|未证实|暫定|暂定|猜測|猜测"
    r"|inferred|speculat(?:ed|ive)|presumed|rumou?red|unconfirmed|tbc|\?|？)\s*[）)\]】]\s*$",
    re.IGNORECASE,
)
# "OpenAI、Google 等": the word closes the list.
_ET_CETERA = re.compile(
    r"(?:\s+(?:等等?|et al\.?|etc\.?)|(?<=[A-Za-z0-9)）])等等?)\s*$", re.IGNORECASE
)
# A slash inside a fixed term separates nothing.
_FIXED = """
a/b i/o tcp/ip ci/cd r/w tx/rx n/a w/o w/ and/or s/n km/h 24/7 client/server os/2 on/off read/write pl/sql
gb/s tb/s mb/s tok/s ui/ux b/s c/s m/d h/w s/w
"""
_FIXED_SLASH = re.compile(
    rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, sorted(_FIXED.split(), key=len, reverse=True)))})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"[/／+＋]")
_DIGIT_RATIO = re.compile(r"\d\s*[/／]\s*\d")
# Heads that the parts of a composite share: "GraphQL/REST API" names two APIs.
_SHARED_HEADS = frozenset(["api", "sdk", "gpu", "cpu", "npu", "llm", "os", "db"])
_SEPARATORS = re.compile(r"[\s\-_.·•‧・∙]+")


@dataclass(frozen=True, slots=True)
class ListedName:
    """A listed cell: what it names, and how."""

    name: str
    """The cell without its annotation."""
    inferred: bool
    """Whether the editor marked the cell as a guess, as in `ACMA（推）`."""
    parts: tuple[str, ...]
    """The names a composite such as `NVLink/NVSwitch` joins; empty where the cell is one name."""


@lru_cache(maxsize=16_000)
def name_key(name: str) -> str:
    """The identity of a spelling: width, case, script, dashes, dots and spaces folded away.

    Between two digits a separator stays, as `.`, because it tells versions apart: `GPT-5.2` is not `GPT-52`,
    while `claude-3-5` is `Claude 3.5`. Symbols that carry meaning (`C++`, `C#`) stay. Never empty for a
    name that holds a visible character.
    """
    folded = " ".join(fold(name).split())
    key = _SEPARATORS.sub(lambda m: _joint(folded, m), folded)
    return key or folded


def _joint(text: str, match: re.Match[str]) -> str:
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    if before.isdigit() and after.isdigit():
        return "."
    # ".NET" and "NET" are two names; so are "- " and "".
    return "." if not before and match.group().endswith(".") else ""


@lru_cache(maxsize=16_000)
def read_cell(cell: str) -> ListedName:
    """What the cell of an entity line names: annotation off, composite taken apart."""
    name = cell.strip()
    bare = _ANNOTATION.sub("", name) if name.endswith(tuple(_CLOSE)) else name
    inferred = bare != name and bool(bare)
    name = _ET_CETERA.sub("", bare or name).strip() or name
    return ListedName(name=name, inferred=inferred, parts=split_composite(name))


def split_composite(name: str) -> tuple[str, ...]:
    """The parts of `A/B`, `A／B`, `A / B` or `A+B`; empty where nothing is joined.

    A plus joins only two Latin names, each of two characters or more (`LLM+RAG`, not `C++` or `D-AI+`); a slash inside
    a fixed term (`CI/CD`), a number (`24/7`), brackets or a path never does.
    """
    if not _JOINTS.search(name) or "://" in name or _DIGIT_RATIO.search(name):
        return ()
    shield = _FIXED_SLASH.sub(lambda m: m.group().replace("/", "\0"), name)
    cells = split_outside_brackets(shield, "/／")
    if len(cells) == 1 and re.fullmatch(
        r"[A-Za-z][\w.\- ]+[A-Za-z0-9]\s*[+＋]\s*[A-Za-z][\w.\- ]*[A-Za-z0-9]", shield
    ):
        cells = re.split(r"[+＋]", shield)
    parts = [cell.replace("\0", "/").strip() for cell in cells]
    if len(parts) < 2 or not all(parts):
        return ()
    head = parts[-1].rpartition(" ")
    if head[0] and head[2].lower() in _SHARED_HEADS and all(" " not in part for part in parts[:-1]):
        parts = [f"{part} {head[2]}" for part in parts[:-1]] + parts[-1:]
    return tuple(parts)


_OPEN, _CLOSE = "（([【「『《〈“", "）)]】」』》〉”"


def split_outside_brackets(text: str, separators: str) -> list[str]:
    """`text` cut at each of `separators` that no bracket encloses. Unbalanced brackets enclose nothing."""
    if not any(separator in text for separator in separators):
        return [text]
    balanced = sum(text.count(c) for c in _OPEN) == sum(text.count(c) for c in _CLOSE)
    cells, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if balanced and char in _OPEN:
            depth += 1
        elif balanced and char in _CLOSE:
            depth -= 1
        elif char in separators and depth <= 0:
            cells.append(text[start:at])
            start = at + 1
    return [*cells, text[start:]]
