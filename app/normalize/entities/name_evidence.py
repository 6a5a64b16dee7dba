"""Evidence in a whole document for or against words being a name.

A quoted title, an abbreviation that is spelled out and a repository that is linked prove a name:
all its places in the document count. A word that the document also has in lower case is ordinary.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.normalize.kinds import UnlistedForm
from app.normalize.lexicon import english_words, vocabulary
from app.normalize.text.folding import fold, is_han

_MAX_TITLE_WORDS = 10
# Names that share their first word are compared one by one.
_MAX_PROVEN = 500
_MIN_ABBREVIATION_CHARS = 3
_MIN_TITLE_CHARS = 3
# Dreaming, 24,164 times in film subtitles, is a name in quotes; Hello, 61,094 times, is a greeting.
_COMMON_COUNT = 30_000
_QUOTED = re.compile(r"《([A-Z0-9][^《》\n]{1,80})》|[「『]([A-Z0-9][^「」『』\n]{1,60})[」』]")
_TITLE = re.compile(r"[A-Za-zÀ-ÿ0-9][A-Za-zÀ-ÿ0-9 .,:&+#/'’-]*")
_SMALL_WORDS = frozenset("a an and as at by for from in into of on or the to vs via with".split())
_ABBREVIATION = r"[A-Z][A-Za-z0-9]{2,7}"
_PHRASE = r"[A-Z][\w'’]*(?:[ -](?:(?:of|and|for|the|in|on|to|with) )?[A-Za-z][\w'’]*){1,7}"
_IN_BRACKETS = re.compile(rf" ?[（(]({_ABBREVIATION})[）)]")
_PHRASE_BEFORE = re.compile(rf"{_PHRASE}$")
_MAX_PHRASE_CHARS = 100
_ABBREVIATED = re.compile(rf"\b({_ABBREVIATION}) ?[（(]({_PHRASE})[）)]")
_HAN = "\u3400-\u9fff"
_ABBREVIATED_HAN = re.compile(rf"\b({_ABBREVIATION}) ?[（(]([{_HAN}·]{{4,14}})[）)]")
_HAN_BEFORE = re.compile(rf"[{_HAN}·]{{3,14}}$")
_BODIES = tuple(
    "局 院 署 部 会 协会 委员会 组织 公司 大学 集团 协议 法案 计划 标准 考试 奖".split()
)
_REPOSITORY_ADDRESS = re.compile(
    r"(?:github\.com|gitlab\.com|codeberg\.org|gitee\.com)/([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)"
)
# First segments of addresses of these hosts that are no owner of a repository.
_NO_OWNERS = frozenset(
    """
    about apps blog collections explore features issues login marketplace orgs search settings
    sponsors topics trending users
    """.split()
)
_HEAD = re.compile(r"[A-Za-zÀ-ÿ0-9]+")
_WORD = re.compile(r"(?<![A-Za-zÀ-ÿ0-9_/@#.-])[A-Za-zÀ-ÿ0-9]+")
_AFTER_WORD = re.compile(r"[A-Za-zÀ-ÿ0-9_/@-]")
_LOWER_CASE = re.compile(r"(?<![\w./@#-])[a-z]{4,}(?![\w/@-])")


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """The names that a document proves, by their form, and its own lower-case words."""

    proven: dict[str, UnlistedForm]
    ordinary: frozenset[str]

    def places(self, text: str) -> Iterator[tuple[int, int, UnlistedForm]]:
        """Yield (start, end, form) of each place of a proven name in `text`."""
        by_head: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(self.proven, key=len, reverse=True):
            by_head[_HEAD.findall(name)[0]].append(name)
        end = 0
        for match in _WORD.finditer(text):
            start = match.start()
            for name in by_head.get(match.group(), ()) if start >= end else ():
                last = start + len(name)
                if text.startswith(name, start) and not _AFTER_WORD.match(text, last):
                    end = last
                    yield start, end, self.proven[name]
                    break


def evidence(text: str, seen: str) -> NameEvidence:
    """Return the evidence in a document; `seen` is its text without addresses and code."""
    proven: dict[str, UnlistedForm] = {}
    for match in _QUOTED.finditer(seen):
        title = match[1] or match[2]
        if _is_title(title, is_book_title=bool(match[1])):
            proven[title] = "quoted"
    for name in _spelled_out(seen):
        proven[name] = "bracketed"
    for name in _repositories(text):
        proven[name] = "latin"
    proven = dict(islice(proven.items(), _MAX_PROVEN))
    return NameEvidence(proven, frozenset(_LOWER_CASE.findall(seen)))


def _is_title(title: str, *, is_book_title: bool) -> bool:
    """Return whether Latin words in CJK quotes are a name: in title case, and no common word."""
    words = title.split()
    if len(title) < _MIN_TITLE_CHARS or len(words) > _MAX_TITLE_WORDS:
        return False
    if not _TITLE.fullmatch(title) or not re.search("[A-Za-z]{2}", title):
        return False
    if is_book_title:
        return True
    if not all(word in _SMALL_WORDS or not word[0].islower() for word in words):
        return False
    if len(words) > 1:
        return not all(word.isupper() for word in words)
    is_common = english_words.count(title) > _COMMON_COUNT
    return not is_common and not vocabulary.is_generic(title) and not title[0].isdigit()


def _spelled_out(seen: str) -> Iterator[str]:
    """Yield abbreviations that brackets explain, and their explanations."""
    for match in _IN_BRACKETS.finditer(seen):
        before = seen[max(match.start() - _MAX_PHRASE_CHARS, 0) : match.start()]
        words = _PHRASE_BEFORE.search(before)
        phrase = _expansion(words[0], match[1]) if words else ""
        han = _HAN_BEFORE.search(before)
        if phrase:
            yield from (phrase, match[1])
        elif han and _is_body(han[0]):
            yield match[1]
    for match in _ABBREVIATED.finditer(seen):
        if _expansion(match[2], match[1]) == match[2]:
            yield from match.groups()
    for match in _ABBREVIATED_HAN.finditer(seen):
        if _is_body(match[2]):
            yield match[1]


def _is_body(name: str) -> bool:
    """Return whether Chinese characters end like an organisation or a document."""
    return all(map(is_han, name)) and fold(name).endswith(_BODIES)


def _expansion(phrase: str, abbreviation: str) -> str:
    """Return the end of `phrase` that `abbreviation` stands for, empty if it stands for none.

    Its letters occur in order, and each word but small ones gives at least one of them.
    """
    words = re.split(r"(?<=[ -])", phrase)
    for index, word in enumerate(words):
        if word[0].lower() != abbreviation[0].lower():
            continue
        tail = words[index:]
        if _stands_for(abbreviation.lower(), [part.strip(" -").lower() for part in tail]):
            return "".join(tail)
    return ""


def _stands_for(letters: str, words: Sequence[str]) -> bool:
    """Return whether each word gives one or more of `letters`, in order."""
    if not words:
        return not letters
    word, *rest = words
    if word in _SMALL_WORDS and _stands_for(letters, rest):
        return True
    place = 0
    for count, letter in enumerate(letters, start=1):
        place = word.find(letter, place) + 1
        if not place:
            return False
        if _stands_for(letters[count:], rest):
            return True
    return False


def _repositories(text: str) -> Iterator[str]:
    """Yield repositories (`owner/name`) that the document links."""
    for match in _REPOSITORY_ADDRESS.finditer(text):
        owner, _, name = match[1].partition("/")
        name = name.removesuffix(".git").rstrip(".-_")
        if owner.lower() not in _NO_OWNERS and name:
            yield f"{owner}/{name}"
