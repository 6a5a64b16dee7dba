import pytest

from app.collect.html_text import one_line, page_moment, page_text, page_title, plain_text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<b>Qwen</b> &amp; GLM", "Qwen & GLM"),
        ("&lt;b&gt;Qwen&lt;/b&gt; 發布", "Qwen 發布"),
        ("AT&amp;amp;T", "AT&T"),
        ("a < b 與 c > d", "a < b 與 c > d"),
        ("  兩\n行\u200b ", "兩 行"),
        ("C++ 與 C#", "C++ 與 C#"),
    ],
)
def test_titles_are_one_line_without_markup(written: str, text: str) -> None:
    assert one_line(written) == text


def test_blocks_become_lines_and_scripts_are_dropped() -> None:
    markup = "<div><p>一。</p><script>x()</script><ul><li>二</li><li>三</li></ul>四<br>五</div>"
    assert plain_text(markup).split("\n") == ["一。", "二", "三", "四", "五"]


def test_broken_markup_is_read() -> None:
    assert "text" in plain_text("<div><p>text<b></div><table>")


PAGE = (
    "<html><head><title>標題 &amp; 站名</title>"
    '<meta property="article:published_time" content="2025-12-23T06:44:54+08:00"></head>'
    "<body><nav>首頁 登入</nav><article><h1>標題</h1>"
    "<p>第一段說明了這個模型在三個月內完成訓練，並在兩個基準上領先。</p>"
    "<p>第二段指出成本下降了四成，團隊將公開權重與技術報告。</p></article>"
    "<footer>版權所有</footer></body></html>"
)


def test_a_page_gives_its_article_its_title_and_its_moment() -> None:
    text = page_text(PAGE, "https://a.example/1")
    assert "第一段說明" in text
    assert "第二段指出" in text
    assert "登入" not in text
    assert page_title(PAGE) == "標題 & 站名"
    assert page_moment(PAGE) == "2025-12-23T06:44:54+08:00"


def test_a_page_without_an_article_gives_nothing() -> None:
    assert page_text("<html><body></body></html>", "https://a.example/") == ""
    assert page_moment("<html></html>") == page_title("<html></html>") == ""
