"""The working vocabulary of the field in English and Chinese: which words mean the same, word by word.

A name made of these words alone is a *term* (`large language model`, 大型語言模型): it is translated word by word, so
that terms nobody listed still meet. A name holding any other word is a proper name. The rows
stand in `terms`. Chinese covers the usage of Taiwan and of the mainland; either script will do.
"""

from collections.abc import Iterator
from functools import cache

from app.normalize.lexicon.phrases import PLAIN, TERMS
from app.normalize.lexicon.words import WORDS
from app.normalize.text.folding import fold

# What an unqualified use of these already means in this field: "AI hallucination" and "model quantization" add nothing.
_IMPLIED_TERMS = (
    "hallucination alignment inference interpretability explainability quantization distillation finetuning jailbreak "
    "pruning videogeneration imagegeneration musicgeneration texttoimage texttovideo pretraining deepfake benchmark "
    "codegeneration texttospeech speechrecognition posttraining redteaming promptinjection"
)
_IMPLIED = frozenset(_IMPLIED_TERMS.split())
QUALIFIERS = frozenset(["ai", "model", "llm", "largelanguagemodel"])


def singular(word: str) -> str:
    """`word` (lower case, Latin) without its plural ending: `models` → `model`, `batteries` → `battery`."""
    if word in ("series", "species"):
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as", "os")):
        return word[:-1]
    return "robotaxi" if word == "robotaxis" else word


def _rows(terms: str = TERMS) -> Iterator[tuple[str, list[str], list[str]]]:
    for line in terms.strip().splitlines():
        english, _, chinese = line.partition("|")
        words = ["".join(map(singular, phrase.split())) for phrase in english.strip().split(",")]
        yield words[0], words, [fold(word) for word in chinese.split()]


@cache
def english() -> dict[str, str]:
    """Joined singular English phrase → identity: `largelanguagemodel` → `largelanguagemodel`, `llm` → the same."""
    table = {singular(word): singular(word) for word in PLAIN.split()}
    for identity, words, _ in _rows():
        table |= dict.fromkeys(words, identity)
    return table


@cache
def chinese() -> dict[str, str]:
    """Folded Chinese phrase → identity."""
    return {
        way: identity
        for identity, _, phrases in _rows()
        for phrase in phrases
        for way in _ways(phrase)
    }


@cache
def _generic() -> frozenset[str]:
    rows = list(_rows(WORDS))
    return frozenset(
        {
            *map(singular, PLAIN.split()),
            *(word for _, words, ways in rows for word in (*words, *ways)),
        }
    )


def is_generic(name: str) -> bool:
    """Whether `name` is a single plain word of the field, such as "agent" or 推理, which names nothing in particular."""
    return singular(fold(name).strip()) in _generic()


def _ways(phrase: str) -> set[str]:
    """A Chinese phrase as written on either side of the strait: 智慧 and 智能, AI and 人工智能."""
    ways = {phrase, phrase.replace("智慧", "智能")}
    if phrase.startswith("ai"):
        ways |= {"人工智能" + phrase[2:], "人工智慧" + phrase[2:]}
    return ways


def implied(words: tuple[str, ...]) -> bool:
    """Whether a leading "AI" or "model" adds nothing to the term `words`."""
    return "".join(words) in _IMPLIED
