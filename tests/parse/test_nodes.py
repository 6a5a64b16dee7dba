from app.parse.markdown import MarkdownDocument
from app.parse.nodes import block_nodes


def test_bullets_keep_the_bullets_below_them() -> None:
    document = MarkdownDocument("- 甲\n  - 乙\n  - 丙\n- 丁")
    first, second = block_nodes(document, document.blocks()[0])
    assert (first.text, [node.text for node in first.children]) == ("甲", ["乙", "丙"])
    assert (second.text, second.children) == ("丁", ())
