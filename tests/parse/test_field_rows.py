from app.parse.field_rows import field_rows
from app.parse.markdown import MarkdownDocument


def test_only_a_table_of_fields_has_field_rows() -> None:
    (table,) = MarkdownDocument("| 重要性 | 高 |\n|---|---|\n| 來源 | 甲 |").blocks()
    assert [(label.text, label.rest.text) for label in field_rows(table)] == [
        ("重要性", "高"),
        ("來源", "甲"),
    ]
    (table,) = MarkdownDocument("| 名 | 值 |\n|---|---|\n| 甲 | 乙 |").blocks()
    assert field_rows(table) == []
