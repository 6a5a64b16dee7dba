"""Latin names: their edges and their capitals."""

import pytest

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.latin_context import (
    ends_a_name,
    has_capitals_of,
    has_other_meaning,
    is_company,
    is_first_name,
    starts_a_name,
)
from app.normalize.entities.mentions import Scanner
from app.normalize.text.folding import fold

SCANNER = Scanner(
    Catalogue.from_records(
        [
            {"slug": "check-point", "type": "org", "names": {"en": "Check Point"}},
            {"slug": "reinforce", "type": "method", "names": {"en": "REINFORCE"}},
            {"slug": "hugging-face", "type": "org", "names": {"en": "Hugging Face"}},
            {"slug": "captcha", "type": "concept", "names": {"en": "CAPTCHA"}},
            {"slug": "apple", "type": "org", "names": {"en": "Apple"}},
            {"slug": "gaokao-bench", "type": "dataset", "names": {"en": "GAOKAO"}},
            {"slug": "meta", "type": "org", "names": {"en": "Meta"}},
        ]
    )
)


def named(text: str) -> list[str]:
    return [text[match.start : match.end] for match in SCANNER.scan(text)]


@pytest.mark.parametrize(
    "text",
    [
        "checkpoints",
        "Checkpoints are saved",
        "a check point on the road",
        "reinforces",
        "It reinforces habits",
        "Reinforce the wall",
        "apples and pears",
        "a metaphor",
        "Gaokao scores",
        "a hugging face emoji",
        "metadata",
    ],
)
def test_a_word_that_resembles_a_name_is_none(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Check Point patches", "Check Point"),
        ("CheckPoint patches", None),
        ("REINFORCE converges", "REINFORCE"),
        ("Huggingface hosts", "Huggingface"),
        ("Hugging Face hosts", "Hugging Face"),
        ("solved the captcha", "captcha"),
        ("Apple's chip", "Apple"),
    ],
)
def test_a_name_with_its_capitals_is_a_mention(text: str, surface: str | None) -> None:
    assert named(text) == ([surface] if surface else [])


def test_edges_of_words() -> None:
    assert starts_a_name("a qwen", 2)
    assert not starts_a_name("my-qwen", 3)
    assert ends_a_name("model", "Qwen's", "qwen's", 4)
    assert not ends_a_name("model", "Qwen-Image", "qwen-image", 4)
    assert not ends_a_name("model", "Qwen 7", "qwen 7", 4)
    assert ends_a_name("org", "Qwen 7", "qwen 7", 4)
    assert has_capitals_of("NVIDIA", "org", "Nvidia")
    assert not has_capitals_of("RAG", "method", "rag")


def has_other(text: str, name: str, *context: str) -> bool:
    folded = text.lower()
    start = folded.index(name.lower())
    return has_other_meaning(folded, start, start + len(name), context)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Claude Monet painted it", "Claude"),
        ("Claude·莫内的画", "Claude"),
        ("Apple orchards use drones", "Apple"),
        ("Meta-analysis of trials", "Meta"),
        ("hospitals that run Epic", "Epic"),
        ("NASA 的 Orion 太空船", "Orion"),
        ("the Orion nebula, seen by an OpenAI tool", "Orion"),
        ("A Perplexity of 7.3", "Perplexity"),
        ("Nikola Tesla", "Tesla"),
        ("アマゾン川の水位", "アマゾン"),
    ],
)
def test_a_word_of_another_meaning_beside_a_name_decides(text: str, name: str) -> None:
    assert has_other(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Claude writes about Monet", "Claude"),
        ("An Apple engineer", "Apple"),
        ("Meta's analysis", "Meta"),
        ("Meta data center", "Meta"),
        ("the CEO of Epic met doctors", "Epic"),
        ("Access to Grok is free", "Grok"),
        ("The Gemini model reads horoscopes", "Gemini"),
        ("Gemini 计划下月登陆", "Gemini"),
    ],
)
def test_a_name_keeps_its_meaning_without_such_a_word_or_nearer_to_its_own(
    text: str, name: str
) -> None:
    assert not has_other(text, name)


def test_the_nearest_word_decides() -> None:
    assert has_other("Epic records of the hospital, and the App Store", "Epic")
    assert not has_other("Epic and the App Store, not the hospital", "Epic")


def test_words_of_another_sentence_do_not_count() -> None:
    assert not has_other("The hospital closed. Epic grew", "Epic")
    assert has_other("v1.5 hospital uses Epic", "Epic")


def test_context_words_of_a_name_are_its_own() -> None:
    text = "Comet beside Perplexity of note, 困惑度"
    assert has_other("Titan near Saturn", "Titan")
    assert not has_other("Titan by Bedrock, near Saturn", "Titan", "bedrock")
    assert has_other(text, "Perplexity", "comet")


def test_a_word_of_a_company_is_looked_for_in_the_sentence() -> None:
    text = "investors in cohere met the ceo. rain fell on runway"
    start = text.index("cohere")
    assert is_company(text, start, start + 6)
    start = text.index("runway")
    assert not is_company(text, start, start + 6)


def test_katakana_begins_a_word() -> None:
    assert starts_a_name("のアマゾン", 1)
    assert starts_a_name("aiアマゾン", 2)
    assert not starts_a_name("スアマゾン", 1)


def test_a_word_begins_where_the_script_changes() -> None:
    assert starts_a_name("とopenai", 1)
    assert starts_a_name("과openai", 1)
    assert starts_a_name("のgpu", 1)
    assert not starts_a_name("éopenai", 1)


def test_katakana_ends_a_word() -> None:
    assert ends_a_name("org", "アマゾンが", "アマゾンが", 4)
    assert ends_a_name("org", "アマゾンai", "アマゾンai", 4)
    assert not ends_a_name("org", "アマゾンズ", "アマゾンズ", 4)


def test_everyday_words_in_lower_case_are_no_product() -> None:
    assert not has_capitals_of("App Store", "product", "app store")
    assert has_capitals_of("App Store", "product", "App Store")
    assert has_capitals_of("Claude Code", "product", "claude code")
    assert has_capitals_of("Private Cloud Compute", "product", "private cloud compute")


@pytest.mark.parametrize("text", ["ex-google staff", "non-google chips", "反 anti-google"])
def test_a_name_begins_after_a_prefix_with_a_dash(text: str) -> None:
    assert starts_a_name(text, text.index("google"))


@pytest.mark.parametrize("text", ["latex-google", "post-ex-google", "cross-google"])
def test_a_name_does_not_begin_inside_a_compound(text: str) -> None:
    assert not starts_a_name(text, text.index("google"))


@pytest.mark.parametrize("text", ["研究員 Phi Nguyen 主講", "Dr. Phi Nguyen", "the poet Phi Lan"])
def test_a_role_before_and_a_surname_after_make_a_first_name(text: str) -> None:
    start = text.index("Phi")
    assert is_first_name(text, fold(text), start, start + 3)


@pytest.mark.parametrize("text", ["Phi Nguyen", "研究員 Phi 模型", "author Phi Code"])
def test_a_name_without_a_role_or_a_surname_is_no_person(text: str) -> None:
    start = text.index("Phi")
    assert not is_first_name(text, fold(text), start, start + 3)
