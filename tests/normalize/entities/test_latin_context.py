"""Latin names: their edges and their capitals."""

import pytest

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.latin_context import ends_a_name, has_capitals_of, starts_a_name
from app.normalize.entities.mentions import Scanner

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
