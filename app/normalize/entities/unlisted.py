"""Names that no catalogue has and no document lists: characters of a text that look like a name.

Three forms are read: Latin names and versions, names in quotes or book-title marks, and names
beside their abbreviation (`名稱（ABBR）`). A known mention is never part of such a name, unless a
capitalised word follows it: Claude Managed Agents. Of names that overlap, the longest counts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.normalize.entities.mentions import masked
from app.normalize.entities.name_evidence import NameEvidence, evidence
from app.normalize.kinds import UnlistedForm
from app.normalize.lexicon import english_words, vocabulary
from app.normalize.text.folding import fold, is_han
from app.normalize.text.word_edges import word_list

MAX_NAME_CHARS = 60
_MAX_TOKENS = 5
_MIN_LATIN_CHARS = 3
_MIN_LOOSE_CAPITALS = 5
# Film subtitles have the, 76 million times, and precursor, 868 times.
_RARE_COUNT = 3_500
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
_TOKEN = re.compile(
    rf"(?<![{_LETTER}0-9_@#/\\])"
    rf"(?:[{_LETTER}][{_LETTER}0-9]*|\d+[A-Z][{_LETTER}0-9]*)"
    rf"(?:[.&+'’-][{_LETTER}0-9]+)*\+*"
    r"|(?<![\w.])v?\d+(?:\.\d+)*[A-Za-z]?(?![\w.]?\w)(?! ?[%％])"
)
_HAN_OR_KANA = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE_END = re.compile(r"[。！？!?；;\n|]|\.(?=\s)|:\s")
_POSSESSIVE = re.compile(r"['’]s?$")
_CONTRACTION = re.compile(r"['’](?:ve|re|ll|d|m|t|s)$", re.IGNORECASE)
_NUMBER = re.compile(r"v?\d+(?:\.\d+)*[A-Za-z]?")
# 16GB, 200EFLOPS, 35B-A3B, S-1, A5, abc123.
_QUANTITY = re.compile(
    r"\d+(?:\.\d+)?(?:[A-Za-z]{1,4}|[A-Za-z]?FLOPS|[BM]-A\d+(?:\.\d+)?[BM])"
    r"|[A-Z]-?\d|[A-Z]\d\d|[a-z]+\d*"
)
_PLURAL_ABBREVIATION = re.compile("[A-Z]{2,4}s")
# Ordinary words that the dictionary lacks: contactless, influencer, ultrafast.
_SUFFIXES = ("less", "like", "able", "ness", "er", "ers", "r", "rs")
_PREFIXES = ("ultra", "multi", "cross")
_COMMON_STEM_COUNT = 20_000
_SENTENCE_CHARS = 200
"""Characters before and after a name within which its sentence is sought."""
_NEAR_CHARS = 3
_MIN_HEADLINE_SHARE = 0.6
_QUOTED = re.compile("《([^《》\n]{2,30})》|[「『]([^「」『』\n]{2,16})[」』]|“([^“”\n]{2,16})”")
_BRACKETED = re.compile(
    "(?<![\u3400-\u9fffA-Za-z0-9])([\u3400-\u9fff·]{3,14})[（(]([A-Z][A-Za-z0-9&.-]{1,11})[）)]"
)
_PLAIN_HAN = re.compile("[\u3400-\u9fff·A-Za-z0-9.+-]+")
_MAX_QUOTED_HAN = 8
_FUNCTION_CHARS = frozenset(
    "的了是在不和与與及或把被让讓将將会會可要為为這这那個个們们我你他她它就也都還还很最更於于"
)
# Chinese in plain quotes is emphasis more often than a name; a name of a thing says which thing.
_ENDINGS_OF_THINGS = tuple(
    "计划 计画 行动 平台 系统 引擎 实验室 工程 大赛 基金 联盟 协议 法案 项目 专案 专项 大会 中心 学院 指数 星座 "
    "工坊 助手 机器人 奖 号 门".split()
)
_MIN_QUOTED_THING_CHARS = 3
# Abbreviations and units that are written like names.
_NO_NAMES = frozenset(
    """
    tbps gbps mbps ghz mhz thz tflops gflops pflops flops kwh mwh gwh gib mib tib poc b2b b2c wi-fi
    cd-rom e-mail end-to-end day-0 zero-day iot ai-native llms lmms vlms gpus cpus npus apis ssds
    pdfs urls ides webui dos ddos ota
    """.split()
)
# Words of computing that the dictionary of film subtitles lacks.
_COMPUTING_WORDS = frozenset(
    """
    auth autocomplete backend backends backlog bugfix changelog changelogs chatbot chatbots
    chiplet clickable codebase codebases codegen config configs dataset datasets deepfake dev devs
    devops docs dropdown embeddings endpoint endpoints esports faq finetuned finetuning frontend
    frontends fullstack geolocation gameplay hackathon hotfix hotfixes hyperlink hyperparameter
    keybinding keybindings lifecycle livestream localhost login lookup malware metadata middleware
    mindmap mixin monorepo multimodal namespace offline onboarding online opensource outsourcing
    paywall phishing playlist plugin plugins podcast podcasts popup postmortem prefill preprint
    preprints preprocessing pretraining ransomware readme realtime rebase refactor refactoring
    regex repo repos roadmap roguelike rollout rollup runtime runtimes sandboxing scalability
    screenshot screenshots sdk smartwatch spreadsheet startup startups subagent subagents
    subdomain submodule subreddit timestamp tokenizer tokenizers toolchain toolchains toolkit
    toolkits tooltip touchpad touchscreen trackpad tradeoff tutorial tutorials unboxing uptime
    userspace vlog walkthrough webhook webhooks webinar webinars webpage website webui whitepaper
    widget widgets wiki wikis workaround workarounds workflow workflows workspace workspaces
    """.split()
)
# Last words of the names of organisations: Anthropic Institute.
_BODIES = frozenset(
    """
    academy alliance association council foundation institute laboratories labs ventures
    """.split()
)
# Capitalised words beside names that are part of none.
_TITLES = frozenset(
    """
    ceo cto cfo coo vp president professor dr mr mrs ms api sdk cli app web os ui ux pc ai hn ask
    show tell via new the a an and or of for in on at to by with from
    it its itself they them their themselves you your yourself we our us he she his her i me my
    is are was were be been has have had do does did will would can could should what what's when
    where why how who which that these those there here not no
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """.split()
)


class NamePlace(NamedTuple):
    """Characters `start` to `end` of a text that look like a name, and the form they have."""

    start: int
    end: int
    form: UnlistedForm


@dataclass(frozen=True, slots=True)
class _TextToken:
    """A Latin word or number of a text.

    `known` says whether a mention covers it, `is_lower_elsewhere` whether the document has it in
    lower case, too.
    """

    start: int
    end: int
    text: str
    known: bool
    is_lower_elsewhere: bool

    @property
    def is_capitalised(self) -> bool:
        """Whether the token is written like a part of a name."""
        return self.known or any(map(str.isupper, self.text)) or self.is_number

    @property
    def is_number(self) -> bool:
        """Whether the token is a version or another number."""
        return _NUMBER.fullmatch(self.text) is not None

    @property
    def word(self) -> str:
        """The token in lower case without a possessive."""
        return _POSSESSIVE.sub("", self.text).lower()


def unlisted_names(
    text: str, mentions: Iterable[tuple[int, int]], visible: Iterable[tuple[int, int]] = ()
) -> list[NamePlace]:
    """Return what looks like a name in `text` and is none of the (start, end) `mentions`."""
    hidden = masked(text, visible)
    seen = "".join(["\0" if hidden[i] == "\0" else char for i, char in enumerate(text)])
    covered = bytearray(len(text) + 1)
    for start, end in mentions:
        covered[start:end] = b"\1" * (end - start)

    known = evidence(text, seen)
    places = [
        *_proven_names(seen, covered, known),
        *_latin_names(seen, covered, known),
        *_chinese_names(seen, covered),
    ]
    return _longest(places)


def _longest(places: Iterable[NamePlace]) -> list[NamePlace]:
    """Return places in order of the text, of overlapping ones the longest, else the first."""
    longest: list[NamePlace] = []
    taken: set[int] = set()
    for place in sorted(places, key=lambda place: (place.start - place.end, place.start)):
        chars = range(place.start, place.end)
        if taken.isdisjoint(chars):
            taken.update(chars)
            longest.append(place)
    return sorted(longest)


def _proven_names(text: str, covered: bytearray, known: NameEvidence) -> Iterator[NamePlace]:
    for start, end, form in known.places(text):
        # Of a repository, its owner may be known: microsoft/markitdown.
        first = start + text[start:end].find("/") + 1
        if 2 * sum(covered[first:end]) < end - first:
            yield NamePlace(start, end, form)


def _latin_names(text: str, covered: bytearray, known: NameEvidence) -> Iterator[NamePlace]:
    for run in _runs(text, covered, known):
        for tokens in _names_in_run(text, run):
            end = tokens[-1].end
            last = _POSSESSIVE.search(tokens[-1].text)
            if last and not tokens[-1].known:
                end = tokens[-1].start + last.start()
            if _MIN_LATIN_CHARS <= end - tokens[0].start <= MAX_NAME_CHARS:
                yield NamePlace(tokens[0].start, end, "latin")


def _runs(text: str, covered: bytearray, known: NameEvidence) -> Iterator[list[_TextToken]]:
    """Yield runs of capitalised words and numbers that single spaces separate."""
    run: list[_TextToken] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = match.group()
        is_lower_elsewhere = word[1:].islower() and word.lower() in known.ordinary
        token = _TextToken(start, end, word, any(covered[start:end]), is_lower_elsewhere)
        is_joined = bool(run) and text[run[-1].end : start] == " "
        if run and not (is_joined and token.is_capitalised):
            yield run
            run = []
        if token.is_capitalised and not (token.is_number and not run):
            run.append(token)
    if run:
        yield run


def _names_in_run(text: str, run: Sequence[_TextToken]) -> Iterator[list[_TextToken]]:
    """Yield the names in a run, cut at known mentions and at words that belong to no name."""
    is_prose, is_headline = _setting(text, run[0].start, run[-1].end)
    pieces: list[list[_TextToken]] = [[]]
    for token in run:
        is_title = token.word in _TITLES or token.word in _NO_NAMES
        is_plain = is_headline and not token.known and not _is_strong(token)
        if is_title or (is_plain and not token.is_number):
            pieces.append([])
        elif token.known and pieces[-1] and not pieces[-1][-1].known:
            pieces.append([token])
        else:
            pieces[-1].append(token)

    for piece in pieces:
        name = _without_edges(piece, text, is_prose)
        if name and _is_name(name, is_prose) and not _is_gloss(name, text):
            yield name


def _is_gloss(name: Sequence[_TextToken], text: str) -> bool:
    """Return whether a dictionary word alone in brackets explains what is before: 藍圖（Blueprint）."""
    start = name[0].start
    is_in_brackets = text[start - 1 : start] in ("(", "（") and text[
        name[-1].end : name[-1].end + 1
    ] in (")", "）")
    follows_title = text[start - 2 : start - 1] in ("》", "」", "』")
    is_word = len(name) == 1 and english_words.count(name[0].word) > 0
    return is_word and is_in_brackets and not follows_title


def _setting(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Return whether characters are part of English prose, and whether that is a headline."""
    around = text[max(start - _NEAR_CHARS, 0) : start] + text[end : end + _NEAR_CHARS]
    if _HAN_OR_KANA.search(around):
        return False, False
    sentence = _sentence_around(text, start, end)
    if _HAN_OR_KANA.search(sentence):
        return False, False
    words = re.findall(rf"[{_LETTER}]{{4,}}", sentence)
    capitals = sum(word[0].isupper() for word in words)
    return True, not words or capitals >= _MIN_HEADLINE_SHARE * len(words)


def _sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence around characters, within `_SENTENCE_CHARS` on either side."""
    first = max(start - _SENTENCE_CHARS, 0)
    last = min(end + _SENTENCE_CHARS, len(text))
    for match in _SENTENCE_END.finditer(text, first, start):
        first = match.end()
    if after := _SENTENCE_END.search(text, end, last):
        last = after.start()
    return text[first:last]


def _without_edges(tokens: Sequence[_TextToken], text: str, is_prose: bool) -> list[_TextToken]:
    """Return tokens without known mentions that nothing follows, and a sentence's first word."""
    name = list(tokens)
    while name and name[-1].known:
        name.pop()
    known = sum(token.known for token in name)
    rest = name[known:]
    if is_prose and not known and rest and _begins_sentence(text, rest[0].start):
        while rest and not _is_strong(rest[0]):
            rest = rest[1:]
        return rest
    # Mentions before it are part of the name only if what follows is too plain to be one.
    if any(_is_strong(token) for token in rest) or not rest:
        return rest
    return name if known <= 1 + sum(1 for token in name if token.known and token.is_number) else []


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(start - 6, 0) : start].rstrip(" *_\"'“‘([>#-")
    return not before or before[-1] in ".!?:\n|。！？：；•"


def _is_strong(token: _TextToken) -> bool:
    """Return whether a word can hardly be anything but a name."""
    letters = _CONTRACTION.sub("", token.text.rstrip("+"))
    if token.is_number or token.known or token.word in _NO_NAMES:
        return False
    if letters != token.text and _is_ordinary(letters.lower().removesuffix("n")):
        return False
    if any(map(str.isdigit, letters)) and any(map(str.isalpha, letters)):
        return len(letters) > 2 and not _is_quantity(letters)
    parts = [part for part in re.split(r"[.&'’-]", letters.lower()) if len(part) > 1]
    if _PLURAL_ABBREVIATION.fullmatch(letters):
        return False
    if letters.isupper():
        return len(letters) >= _MIN_LOOSE_CAPITALS and not english_words.count(token.word)
    has_inner_capital = any(map(str.isupper, letters[1:])) and "-" not in letters
    if has_inner_capital:
        return True
    return any(not _is_ordinary(part) for part in parts)


def _is_quantity(letters: str) -> bool:
    return _QUANTITY.fullmatch(letters) is not None


def _is_ordinary(word: str) -> bool:
    if english_words.count(word) > 0 or word in vocabulary.english() or word in _COMPUTING_WORDS:
        return True
    return any(english_words.count(stem) > _COMMON_STEM_COUNT for stem in _stems(word))


def _stems(word: str) -> Iterator[str]:
    for suffix in _SUFFIXES:
        if word.endswith(suffix):
            yield word.removesuffix(suffix)
    for prefix in _PREFIXES:
        if word.startswith(prefix):
            yield word.removeprefix(prefix)


def _is_name(tokens: Sequence[_TextToken], is_prose: bool) -> bool:
    """Return whether tokens are a name and no phrase of ordinary words."""
    words = [token for token in tokens if not token.is_number]
    if len(tokens) > _MAX_TOKENS or not words:
        return False
    if any(_is_strong(token) for token in tokens):
        return True
    unknown = [token for token in words if not token.known]
    if len(words) > 1 and unknown[-1].word in _BODIES:
        return True
    if is_prose and len(unknown) < 2:
        return False
    if len(tokens) == 1:
        word = tokens[0]
        return not word.is_lower_elsewhere and _is_rare_name(word.text, word.word)
    if all(token.text.isupper() and len(token.text) < _MIN_LOOSE_CAPITALS for token in unknown):
        return False
    return not all(token.word in vocabulary.english() for token in unknown)


def _is_rare_name(text: str, word: str) -> bool:
    """Return whether a capitalised dictionary word in CJK text can be a name: Precursor, Luna."""
    if len(text) < _MIN_LATIN_CHARS or text.isupper() or word in vocabulary.english():
        return False
    is_plural = word.endswith("s") and english_words.count(word[:-1]) > 0
    return 0 < english_words.count(word) <= _RARE_COUNT and not is_plural


def _chinese_names(text: str, covered: bytearray) -> Iterator[NamePlace]:
    for match in _QUOTED.finditer(text):
        group = match.lastindex or 1
        start, end = match.span(group)
        if any(covered[start:end]):
            continue
        if _is_chinese_name(match[group], is_titled=group == 1):
            yield NamePlace(start, end, "quoted")
    for match in _BRACKETED.finditer(text):
        if _FUNCTION_CHARS.intersection(match[1]):
            continue
        for start, end in (match.span(1), match.span(2)):
            if not any(covered[start:end]):
                yield NamePlace(start, end, "bracketed")


def _is_chinese_name(name: str, *, is_titled: bool) -> bool:
    """Return whether quoted characters are a name and no phrase."""
    if not _PLAIN_HAN.fullmatch(name) or not any(map(is_han, name)):
        return False
    if is_titled:
        return True
    if len(name) > _MAX_QUOTED_HAN or _FUNCTION_CHARS.intersection(name):
        return False
    folded = fold(name)
    is_thing = len(name) >= _MIN_QUOTED_THING_CHARS and folded.endswith(_ENDINGS_OF_THINGS)
    return is_thing and folded not in word_list()
