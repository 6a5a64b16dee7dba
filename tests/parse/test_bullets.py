import pytest

from app.parse.bullets import block_text, bullet_lead, bullet_text, is_news, names_source, titled
from app.parse.markdown import Block, Document


def bullet(text: str) -> Block:
    return Document(text).blocks()[0].children[0]


@pytest.mark.parametrize(
    "text",
    [
        "- **甲**：乙 [丙](d)",
        "- **甲**\n  - **來源**：乙",
        "- [甲](b)：丙",
        "- **甲**：乙。來源：丙",
        "- **甲**：乙 https://c.example",
        "- **甲**\n  來源：乙",
    ],
)
def test_bullets_with_sources_of_their_own(text: str) -> None:
    assert names_source(bullet(text))
    assert is_news(bullet(text))


def test_bullets_without() -> None:
    assert not names_source(bullet("- **甲**：乙"))
    assert is_news(bullet("- **甲**：乙"))
    assert not is_news(bullet("- **甲已於上文詳述，恕不重複。**"))
    assert not is_news(bullet("- **甲** is covered above."))
    assert bullet_lead(bullet("- 甲：乙")) is None
    assert not is_news(bullet("- 甲：乙"))


def test_texts_without_their_marks() -> None:
    document = Document("- **甲**\n- 乙\n  - 丙\n\n> 丁\n> 戊\n\n_己_")
    bullets, quote, text = document.blocks()
    assert [bullet_text(document, item).text for item in bullets.children] == ["甲", "乙\n  - 丙"]
    assert block_text(document, quote).text == "丁\n戊"
    assert block_text(document, text).text == "己"
    assert len(titled([bullets, quote, text])) == 1
