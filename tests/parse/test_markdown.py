from app.parse.markdown import Block, MarkdownDocument


def blocks(text: str) -> list[Block]:
    return MarkdownDocument(text).blocks()


def shape(text: str) -> list[tuple[str, int]]:
    return [(block.kind, len(block.lines)) for block in blocks(text)]


def test_a_labelled_line_ends_the_list_above_it() -> None:
    assert shape("- a\n  b\n**來源**：c") == [("list", 2), ("paragraph", 1)]
    assert shape("- a\n來源：c") == [("list", 1), ("paragraph", 1)]
    assert shape("- a\nwrapped text") == [("list", 2)]
    assert shape("> a\n**來源**：c") == [("quote", 1), ("paragraph", 1)]


def test_a_bullet_ends_a_paragraph_however_deep_it_stands() -> None:
    assert [block.kind for block in blocks("text\n\t- a\n\t\t- b")] == ["paragraph", "list"]


def test_headings_of_both_styles_but_no_heading_above_a_short_rule() -> None:
    assert [(b.kind, b.level) for b in blocks("甲\n===\n\n乙\n------\n\n來源：丙\n---\n# 丁 #")] == [
        ("heading", 1), ("heading", 2), ("paragraph", 0), ("rule", 0), ("heading", 1),
    ]  # fmt: skip


def test_tables_fences_and_definitions_are_whole_blocks() -> None:
    assert shape("| a | b |\n|---|---|\n| 1 |\nend") == [("table", 3), ("paragraph", 1)]
    assert shape("```\n---\n\n# a\n```") == [("code", 5)]
    assert shape("[a]: https://b\n[c]: d") == [("definition", 2)]


def test_text_is_cut_from_the_document_with_its_place() -> None:
    document = MarkdownDocument("## 甲\r\n\r\n- 乙\r\n  丙\r\n")
    heading, bullets = document.blocks()
    assert document.text[heading.lines[0].start : heading.lines[0].end] == "甲"
    line = bullets.children[0].children[0]
    text, span = document.slice(line.lines[0], line.lines[-1])
    assert text == "乙\n  丙"
    assert (span.first_line, span.last_line) == (3, 4)


def test_nesting_beyond_the_limit_loses_no_line() -> None:
    text = "".join("  " * depth + f"- {depth}\n" for depth in range(80))

    def held(block: Block) -> set[int]:
        return {line.number for line in block.lines}.union(*map(held, block.children))

    assert set().union(*map(held, blocks(text))) == set(range(1, 81))


def test_lines_of_quote_marks_alone_are_blank() -> None:
    (quote,) = blocks("> a\n>\n> b")
    assert [child.kind for child in quote.children] == ["paragraph", "blank", "paragraph"]


def test_blocks_can_begin_below_a_line() -> None:
    assert [
        block.first for block in MarkdownDocument("+++\na = 1\n+++\n\ntext").blocks(after=3)
    ] == [5]
