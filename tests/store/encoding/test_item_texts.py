from app.store.encoding.item_texts import ItemTexts, Node, with_text


def test_fields_are_in_the_order_of_the_item() -> None:
    leaf: Node = {"text": "二", "children": []}
    details: dict[str, list[Node]] = {
        "technical": [{"text": "一", "children": [leaf, leaf]}, {"text": "三", "children": []}]
    }
    texts = ItemTexts("標題", None, details, [{"label": "註", "text": "四"}], "五", "")
    assert with_text(texts.fields()) == [
        ["title", "標題"],
        ["details.technical[0].text", "一"],
        ["details.technical[0].children[0].text", "二"],
        ["details.technical[0].children[1].text", "二"],
        ["details.technical[1].text", "三"],
        ["extra[0].label", "註"],
        ["extra[0].text", "四"],
        ["importance.reason", "五"],
    ]


def test_bullets_may_be_deeper_than_the_stack() -> None:
    node: Node = {"text": "x", "children": []}
    for _ in range(5_000):
        node = {"text": "x", "children": [node]}
    texts = ItemTexts("t", None, {"technical": [node]}, [], None, None)
    assert len(with_text(texts.fields())) == 5_002
