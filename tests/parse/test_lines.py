from app.parse.lines import Line, cut_lines, unbroken


def test_lines_end_at_lf_crlf_and_cr_alone() -> None:
    text = "a\r\nb\rc\u2028d\n\n"
    assert [(line.number, line.text) for line in cut_lines(text)] == [
        (1, "a"),
        (2, "b"),
        (3, "c\u2028d"),
        (4, ""),
    ]
    assert all(text[line.start : line.end] == line.text for line in cut_lines(text))
    assert unbroken(text) == "a\nb\nc\u2028d\n\n"


def test_a_cut_knows_where_it_stands() -> None:
    line = Line(7, 100, 110, "ab  cd  ef")
    piece = line.cut(2, 8)
    assert (piece.text, piece.start, piece.end, piece.number) == ("cd", 104, 106, 7)
    assert line.cut(2, 4).text == ""
    assert piece.span.first_line == 7
