"""Emphasis beside Chinese, Japanese and Korean text, where CommonMark finds none.

The rule is that of markdown-it-cjk-friendly 3.0 (the CommonMark CJK-friendly amendments): CJK
punctuation counts as a letter, and emphasis may begin or end beside any CJK character. So
`說**「青鳥」**的` is strong.
"""

import bisect
import unicodedata
from collections.abc import MutableMapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

# Wide characters that are emoji by default are not CJK; first and last of each range.
_EMOJI = (
    (0x231A, 0x231B), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3), (0x25FD, 0x25FE),
    (0x2614, 0x2615), (0x2648, 0x2653), (0x267F, 0x267F), (0x2693, 0x2693), (0x26A1, 0x26A1),
    (0x26AA, 0x26AB), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26CE, 0x26CE), (0x26D4, 0x26D4),
    (0x26EA, 0x26EA), (0x26F2, 0x26F3), (0x26F5, 0x26F5), (0x26FA, 0x26FA), (0x26FD, 0x26FD),
    (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C), (0x274E, 0x274E),
    (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797), (0x27B0, 0x27B0), (0x27BF, 0x27BF),
    (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF),
    (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F201, 0x1F201), (0x1F21A, 0x1F21A),
    (0x1F22F, 0x1F22F), (0x1F232, 0x1F236), (0x1F238, 0x1F23A), (0x1F250, 0x1F251),
    (0x1F300, 0x1FAFF),
)  # fmt: skip
_EMOJI_STARTS = [first for first, _ in _EMOJI]
_CJK_WIDTHS = ("W", "F", "H")
_HANGUL_JAMO = range(0x1100, 0x1200)
"""The vowels and final consonants among these are narrow, but Hangul."""
_WIDE_FORM = "\ufe01"
_WIDE_QUOTES = ("\u2018", "\u2019", "\u201c", "\u201d")
"""Quotes that are wide, and so CJK, before U+FE01."""


def is_cjk(char: str) -> bool:
    """Whether a character is Chinese, Japanese or Korean, punctuation included."""
    code = ord(char)
    if code < _HANGUL_JAMO.start:
        return False
    if code in _HANGUL_JAMO:
        return True
    if unicodedata.east_asian_width(char) not in _CJK_WIDTHS and not _is_hangul(code):
        return False
    index = bisect.bisect_right(_EMOJI_STARTS, code) - 1
    return index < 0 or code > _EMOJI[index][1]


def _is_hangul(code: int) -> bool:
    return 0xD7B0 <= code <= 0xD7FB


def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _is_variation_selector(char: str) -> bool:
    """Whether a character selects a variant that is not an emoji: U+FE00 to U+FE0E."""
    return "\ufe00" <= char <= "\ufe0e"


def _is_ideographic_selector(char: str) -> bool:
    return "\U000e0100" <= char <= "\U000e01ef"


class _State(StateInline):
    """State of the inline parser with the amended rules of flanking."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Return whether the delimiters at `start` can open and close emphasis, and their count."""
        end = start
        while end < self.posMax and self.src[end] == self.src[start]:
            end += 1
        # The beginning and the end of the text count as spaces.
        following = self.src[end] if end < self.posMax else " "
        before, selector = self._before(start)
        is_before_punctuation = _is_punctuation(before)
        is_following_punctuation = _is_punctuation(following)
        is_before_cjk = (
            is_cjk(before)
            or (before in _WIDE_QUOTES and selector == _WIDE_FORM)
            or _is_ideographic_selector(before)
        )
        is_before_open = is_before_cjk or is_before_punctuation or isWhiteSpace(ord(before))
        is_following_cjk = is_cjk(following)
        is_following_open = (
            is_following_cjk or is_following_punctuation or isWhiteSpace(ord(following))
        )
        is_left = not isWhiteSpace(ord(following)) and (
            is_following_cjk or not is_following_punctuation or is_before_open
        )
        is_right = not isWhiteSpace(ord(before)) and (
            is_before_cjk or not is_before_punctuation or is_following_open
        )
        can_open = is_left and (canSplitWord or not is_right or is_before_punctuation)
        can_close = is_right and (canSplitWord or not is_left or is_following_punctuation)
        return Scanned(can_open, can_close, end - start)

    def _before(self, start: int) -> tuple[str, str]:
        """Return the character before `start`, and the selector of its variant or ""."""
        if start == 0:
            return " ", ""
        char = self.src[start - 1]
        if _is_variation_selector(char) and start > 1:
            return self.src[start - 2], char
        return char, ""


class InlineParser(ParserInline):
    """The inline parser of markdown-it-py, with the amended rules."""

    def parse(
        self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]
    ) -> list[Token]:
        """Parse `src` and add its tokens to `tokens`."""
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens
