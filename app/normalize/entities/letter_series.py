"""Versions that are one letter and a number: o3 of OpenAI, M5 of Apple, H100 of NVIDIA.

They look like postcodes, screws, visas and hydrogen. So the letter has the case and the number has
the length of the known versions, and a sign of the series is beside it: a tier (o9-mini), a noun
(M9 chip) or the maker (OpenAI 的 o9).
"""

import re
from collections.abc import Collection, Iterable

# V numbers the versions of everything.
_VERSION = re.compile(r"((?![Vv])[A-Za-z]\d+)(?:\.\d+)*(?![A-Za-z0-9])")
# Surface M9 chip: another name has the number. A sentence begins with the others.
_NAME_BEFORE = re.compile(r"\b(?!(?:The|A|An|Its|New|This|Our|With|And|For)\b)[A-Z][\w.-]* ?$")
_MAX_BEFORE_CHARS = 24
_NOUNS = {
    "chip": re.compile(r"[ -]?(?:chips?(?![a-z])|gpus?(?![a-z])|芯片|晶片|处理器|加速卡)"),
    "model": re.compile(r"[ -]?(?:models?(?![a-z])|series(?![a-z])|模型|系列|推理模型)"),
}
_MAX_JOINT_CHARS = 4
_JOINT = re.compile(r" ?(?:['’]s|的|の|新)? ?$")


def version_of(name: str) -> str | None:
    """Return the letter and number that a name begins with; None for other names."""
    match = _VERSION.match(name)
    return match[1] if match else None


def is_noun(word: str, entity_type: str) -> bool:
    """Return whether a folded word is a noun of the type: gpu in H100 GPU is no tier."""
    noun = _NOUNS.get(entity_type)
    return noun is not None and noun.fullmatch(word) is not None


def head_of(title: str, letter: str) -> str:
    """Return the folded `title` of a version up to its letter: "apple m" of Apple M5."""
    match = re.match(rf"(?:.*[ -])?{letter}(?=\d)", title)
    return match.group() if match else letter


def is_member(
    text: str,
    folded: str,
    start: int,
    end: int,
    *,
    known: Collection[str],
    entity_type: str,
    makers: Iterable[str],
) -> bool:
    """Return whether `start` to `end` of a text is a version in the series of the `known` ones.

    `makers` are folded names. A small letter is a sign itself: the maker may be anywhere in the
    text.
    """
    version = _VERSION.match(text, start)
    if not version:
        return False
    if not any(_is_alike(version[1], other) for other in known):
        return False
    joint = _JOINT.search(folded, max(start - _MAX_JOINT_CHARS, 0), start)
    before = folded[: joint.start() if joint else start]
    if any(before.endswith(maker) for maker in makers):
        return True
    if _NAME_BEFORE.search(text, max(start - _MAX_BEFORE_CHARS, 0), start):
        return False
    if end > version.end():
        return True
    noun = _NOUNS.get(entity_type)
    if noun and noun.match(folded, end):
        return True
    return text[start].islower() and any(maker in folded for maker in makers)


def _is_alike(version: str, known: str) -> bool:
    """Return whether two versions have the same letter and numbers of equal length."""
    return version[0] == known[0] and len(version) == len(known)
