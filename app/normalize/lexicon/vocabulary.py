"""The vocabulary of the field in English and Chinese: which words mean the same.

A name made only of these words is a *term* (`large language model`, 大型語言模型). Terms are translated
word by word, so terms that no row lists still match. A name with any other word is a proper name.
Rows are in `phrases` and `words`. They cover the usage of Taiwan and of mainland China, in either
script.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from app.normalize.lexicon.phrases import TERMS
from app.normalize.lexicon.words import PLAIN, WORDS
from app.normalize.text.folding import fold

QUALIFIERS = frozenset(["ai", "model", "llm", "largelanguagemodel"])
# Terms that imply a qualifier in this field: "AI hallucination" is hallucination.
_TERMS_IMPLYING_QUALIFIER = frozenset(
    """
    hallucination alignment inference interpretability explainability quantization distillation
    finetuning jailbreak pruning videogeneration imagegeneration musicgeneration texttoimage
    texttovideo pretraining deepfake benchmark codegeneration texttospeech speechrecognition
    posttraining redteaming promptinjection
    """.split()
)
_IRREGULAR_SINGULARS = {"series": "series", "species": "species", "robotaxis": "robotaxi"}
_ES_ENDINGS = ("ches", "shes", "xes", "sses", "zes")
_ENDINGS_OF_SINGULARS = ("ss", "us", "is", "as", "os")


class _Row(NamedTuple):
    """A row of the vocabulary, read. English phrases are joined and singular, Chinese is folded."""

    identity: str
    english: list[str]
    chinese: list[str]


def singular(word: str) -> str:
    """Return a lower-case Latin word without its plural ending: `batteries` → `battery`."""
    irregular = _IRREGULAR_SINGULARS.get(word)
    if irregular:
        return irregular

    if len(word) > 4:
        if word.endswith("ies"):
            return word[:-3] + "y"
        if word.endswith(_ES_ENDINGS):
            return word[:-2]

    if len(word) < 3:
        return word
    if word.endswith(_ENDINGS_OF_SINGULARS):
        return word

    return word.removesuffix("s")


def _rows(terms: str) -> Iterator[_Row]:
    """Yield the rows of a table of terms."""
    for line in terms.strip().splitlines():
        english_part, _, chinese_part = line.partition("|")
        english_phrases: list[str] = []
        for phrase in english_part.split(","):
            words = map(singular, phrase.split())
            english_phrases.append("".join(words))
        chinese_phrases = map(fold, chinese_part.split())
        yield _Row(
            identity=english_phrases[0],
            english=english_phrases,
            chinese=list(chinese_phrases),
        )


@cache
def _plain_words() -> frozenset[str]:
    """Return the singular English words without a Chinese counterpart."""
    words = PLAIN.split()
    return frozenset(map(singular, words))


@cache
def english() -> dict[str, str]:
    """Return joined singular English phrase → identity: `llm` → `largelanguagemodel`."""
    table = {word: word for word in _plain_words()}
    for row in _rows(TERMS):
        for phrase in row.english:
            table[phrase] = row.identity
    return table


@cache
def chinese() -> dict[str, str]:
    """Return folded Chinese phrase → identity, in the usage of either side of the strait."""
    table: dict[str, str] = {}
    for row in _rows(TERMS):
        for phrase in row.chinese:
            for variant in _regional_variants(phrase):
                table[variant] = row.identity

    return table


@cache
def _generic_words() -> frozenset[str]:
    """Return the single words of the field, singular or folded."""
    generic = set(_plain_words())
    for row in _rows(WORDS):
        generic.update(row.english)
        generic.update(row.chinese)
    return frozenset(generic)


def is_generic(name: str) -> bool:
    """Return whether `name` is one plain word of the field, such as "agent" or 推理.

    Such a word names nothing in particular.
    """
    word = fold(name).strip()
    return singular(word) in _generic_words()


def _regional_variants(phrase: str) -> set[str]:
    """Return a Chinese phrase in both usages: 智慧 and 智能, AI and 人工智能."""
    variants = {phrase, phrase.replace("智慧", "智能")}
    if phrase.startswith("ai"):
        rest = phrase.removeprefix("ai")
        variants.add(f"人工智能{rest}")
        variants.add(f"人工智慧{rest}")

    return variants


def implies_qualifier(words: Sequence[str]) -> bool:
    """Return whether a leading "AI" or "model" adds nothing to the term `words`."""
    term = "".join(words)
    return term in _TERMS_IMPLYING_QUALIFIER
