from app.parse.draft import Body, Cell, ItemDraft, Node, Passage, SectionDraft, TextSpan, leaf_spans


def test_leaves_are_named_after_what_holds_them_and_enclosing_spans_are_none() -> None:
    span = [TextSpan(n, n, n, n) for n in range(9)]
    item = ItemDraft(
        "full",
        1,
        None,
        Passage("t", span[0]),
        TextSpan(0, 9, 0, 9),
        entities=(Cell("c", span[1]),),
        extra=(),
    )
    section = SectionDraft(
        1,
        "other",
        Passage("s", span[2]),
        TextSpan(0, 9, 0, 9),
        notes=(Passage("n", span[3]),),
        items=(item,),
    )
    body = Body(
        sections=(section,), labels=(Passage("", span[4]),), preamble=(Passage("p", span[5]),)
    )
    assert sorted(leaf_spans(body), key=lambda leaf: leaf[1].start) == [
        ("title", span[0]), ("entities", span[1]), ("title", span[2]), ("notes", span[3]), ("labels", span[4]), ("preamble", span[5]),
    ]  # fmt: skip
    nested = Node("a", span[6], (Node("b", span[7]),))
    assert [result for _, result in leaf_spans(Body(preamble=(nested,)))] == [span[6], span[7]]  # type: ignore[arg-type]  # a node is no passage
