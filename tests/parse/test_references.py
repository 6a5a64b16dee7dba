from app.parse.lines import Line
from app.parse.markdown import MarkdownDocument
from app.parse.media import is_media
from app.parse.references import References, read_references, text_links


def targets(text: str, references: References | None = None) -> list[str | None]:
    line = Line(1, 0, len(text), text)
    return [link.target for link in text_links(line, references or References())]


def test_links_of_a_text_but_no_images_videos_badges_and_bylines() -> None:
    assert targets("a [b](https://a.example) <https://b.example> https://c.example") == [
        "https://a.example",
        "https://b.example",
        "https://c.example",
    ]
    assert (
        targets("![b](https://a.example/b.png) [![c](https://c.example/d)](https://e.example)")
        == []
    )
    assert targets('<video src="https://a.example/b.mp4"></video> https://a.example/c.jpg') == []
    assert targets("[![x](https://img.shields.io/y)](https://img.shields.io/y)") == []
    assert targets("By [Jane](https://a.example/jane)") == []
    assert targets('<a href="https://a.example">b</a>') == ["https://a.example"]


def test_relative_links_need_a_base() -> None:
    assert targets("[a](/b)") == []
    assert targets("[a](../b)", References(base="https://x.example/c/d/")) == [
        "https://x.example/c/b"
    ]
    assert targets("[a](mailto:b)", References(base="https://x.example/")) == []


def test_anchors_numbers_and_footnotes_are_resolved() -> None:
    document = MarkdownDocument(
        "text\n\n| 1 | x |\n|---|---|\n"
        '| <a id="ref-7"></a>7 | [a](https://a.example) |\n\n'
        "[^n]: see https://n.example\n\n- [b](https://b.example)\n- [c](https://c.example)\n"
    )
    blocks = document.blocks()
    references = read_references(blocks, blocks[-1:], None)
    assert targets("x [[7. a]](#ref-7)", references) == ["https://a.example"]
    assert targets("x [1][2]", references) == ["https://b.example", "https://c.example"]
    assert targets("x [1, 2]", references) == ["https://b.example", "https://c.example"]
    assert targets("x[^n]", references) == ["https://n.example"]
    assert targets("x [9] [y](#other)", references) == []


def test_media_behind_a_proxy_is_media() -> None:
    assert is_media("https://p.example/?u=https://i.example/a.png")
    assert not is_media("https://p.example/a?file=b")
