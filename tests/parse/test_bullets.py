import pytest

from app.parse.bullets import bullet_lead, is_news, names_source, titled
from app.parse.markdown import Block, MarkdownDocument


def bullet(text: str) -> Block:
    return MarkdownDocument(text).blocks()[0].children[0]


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


def test_titled_bullets_are_counted() -> None:
    assert len(titled(MarkdownDocument("- **甲**\n- 乙").blocks())) == 1
