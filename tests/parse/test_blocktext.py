from app.parse.blocktext import block_text, bullet_text
from app.parse.markdown import MarkdownDocument


def test_texts_without_their_marks() -> None:
    document = MarkdownDocument("- **甲**\n- 乙\n  - 丙\n\n> 丁\n> 戊\n\n_己_")
    bullets, quote, text = document.blocks()
    assert [bullet_text(document, item).text for item in bullets.children] == ["甲", "乙\n  - 丙"]
    assert block_text(document, quote).text == "丁\n戊"
    assert block_text(document, text).text == "己"
