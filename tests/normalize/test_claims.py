"""Claims that items mark as uncertain."""

from app.normalize.claims import MarkedClaim, marked_claims
from app.parse.briefing import parse_briefing
from tests.documents import briefing, item


def claims(text: str) -> dict[int, list[MarkedClaim]]:
    return marked_claims(parse_briefing(text.encode()), text)


def test_a_claim_has_its_item_field_and_sentence() -> None:
    text = briefing(item("甲", summary="已上線。外界推測其採用 MoE。"), item("乙", summary="無。"))
    by_item = claims(text)
    assert by_item.keys() == {1}
    (claim,) = by_item[1]
    assert (claim.kind, claim.field, claim.surface) == ("guessed", "summary", "推測")
    assert claim.text == "外界推測其採用 MoE。"
    assert text[claim.span.start : claim.span.end] == claim.surface


def test_a_claim_in_a_cell_of_the_entity_line_counts() -> None:
    (claim,) = claims(briefing(item("甲", entities="ACMA（推）")))[1]
    assert (claim.field, claim.surface) == ("entities", "（推）")


def test_a_claim_outside_of_items_is_left_out() -> None:
    text = briefing(item("甲", summary="無。"))
    text += "\n## 編輯洞察\n\n### 總結\n\n外界推測其採用 MoE。\n"
    assert claims(text) == {}
