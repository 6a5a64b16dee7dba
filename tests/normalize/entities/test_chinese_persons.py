"""Persons whose given name spells a known name."""

import pytest

from app.normalize.entities.chinese_persons import is_given_name
from app.normalize.text.folding import fold


def is_given(text: str, name: str) -> bool:
    folded = fold(text)
    start = folded.index(fold(name))
    return is_given_name(folded, start, start + len(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("選出陳三星為里長", "三星"),
        ("陳高通先生昨日離世", "高通"),
        ("劉智譜教授的團隊", "智譜"),
        ("得獎人是吳三星", "三星"),
        ("郭百度坐在第一排", "百度"),
        ("記者王小米報導", "小米"),
        ("黃大疆律師呼籲修法", "大疆"),
        ("推舉許三星為里長", "三星"),
        ("作者為林千問，現居台南", "千問"),
    ],
)
def test_a_name_after_a_surname_is_a_given_name(text: str, name: str) -> None:
    assert is_given(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("江蘇華為基地啟用", "華為"),
        ("上周三星董事長訪台", "三星"),
        ("一張輝達顯示卡", "輝達"),
        ("員工選出三星為最佳雇主", "三星"),
        ("金三星手機殼熱賣", "三星"),
        ("記者從小米總部發回報導", "小米"),
        ("陳三星電子分析師", "三星電子"),
        ("三星", "三星"),
    ],
)
def test_a_word_before_a_name_is_no_surname(text: str, name: str) -> None:
    assert not is_given(text, name)
