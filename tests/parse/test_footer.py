from app.parse.footer import footer_stats, is_footer
from app.parse.markdown import MarkdownDocument


def test_a_footer_states_numbers_on_every_line() -> None:
    (block,) = MarkdownDocument("*資料來源：12 篇文章 | 分析主題：3 個*").blocks()
    assert is_footer(block)
    stats = footer_stats(block.lines)
    assert (stats.articles, stats.topics) == (12, 3)
    (block,) = MarkdownDocument("今天共 30 篇論文被接受。").blocks()
    assert not is_footer(block)


def test_hours_and_a_moment_with_its_zone() -> None:
    (block,) = MarkdownDocument("Window: last 2 days\nGenerated at: 2026-01-02 03:04 JST").blocks()
    stats = footer_stats(block.lines)
    assert stats.window_hours == 48
    assert stats.generated_at == "2026-01-02T03:04:00+09:00"
