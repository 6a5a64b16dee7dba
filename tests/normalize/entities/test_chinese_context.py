"""Chinese names and the words around them."""

import pytest

from app.normalize.entities.chinese_context import (
    ends_inside_a_thing,
    has_everyday_use,
    is_business,
    stands_alone,
)
from app.normalize.text.folding import fold


def stands(text: str, name: str, entity_type: str = "org") -> bool:
    folded = fold(text)
    start = folded.index(fold(name))
    return stands_alone(folded, start, start + len(name), entity_type)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("升到三百度", "百度"),
        ("用電數百度", "百度"),
        ("涵蓋五千問", "千問"),
        ("上千問答", "千問"),
        ("收回三千問卷", "千問"),
    ],
)
def test_a_number_runs_into_a_numeral(text: str, name: str) -> None:
    assert not stands(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("清晨的阿里山雲海", "阿里"),
        ("監測亞馬遜雨林", "亞馬遜"),
        ("亞馬遜河流域", "亞馬遜"),
        ("兩百棵蘋果樹", "蘋果"),
        ("一杯蘋果汁", "蘋果"),
        ("採收蘋果園的果實", "蘋果"),
        ("一碗小米粥", "小米"),
        ("釀的小米酒", "小米"),
        ("雨水滴滴答答", "滴滴"),
        ("點點滴滴", "滴滴"),
        ("襯衫的扣子掉了", "扣子"),
        ("紙做的金元寶", "元寶"),
        ("頂夸克的質量", "夸克"),
        ("四個字節", "字節"),
        ("讓人聯想到童年", "聯想"),
        ("升級為三星級", "三星"),
        ("海納百川，有容乃大", "百川"),
        ("殷墟出土的甲骨文", "甲骨文"),
        ("尼古拉·特斯拉", "特斯拉"),
        ("駿馬在草原上奔馳", "奔馳"),
        ("訓練浪潮席捲伺服器產業", "浪潮"),
        ("曙光乍現", "曙光"),
        ("亞馬遜女戰士", "亞馬遜"),
        ("在此百度春秋", "百度"),
        ("千問萬問，不如一試", "千問"),
        ("世界大同理想汽車", "理想"),
        ("這是最理想的情況", "理想"),
        ("快手菜十分鐘上桌", "快手"),
    ],
)
def test_an_everyday_word_is_no_name(text: str, name: str) -> None:
    assert not stands(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("阿里旗下的模型", "阿里"),
        ("賣家在亞馬遜上架商品", "亞馬遜"),
        ("蘋果園區開放參觀", "蘋果"),
        ("傳蘋果正與供應商談判", "蘋果"),
        ("小米汽車", "小米"),
        ("小米粉絲排隊", "小米"),
        ("滴滴出行", "滴滴"),
        ("字節的豆包團隊", "字節"),
        ("聯想發布筆電", "聯想"),
        ("三星電子", "三星"),
        ("搜尋龍頭百度", "百度"),
        ("盤古大模型", "盤古"),
        ("甲骨文公布財報", "甲骨文"),
        ("特斯拉展示機器人", "特斯拉"),
        ("奔馳發布新車", "奔馳"),
        ("浪潮信息伺服器", "浪潮"),
        ("對手包括浪潮、曙光", "浪潮"),
        ("最高 A 股市值", "市值"),
    ],
)
def test_a_company_stays(text: str, name: str) -> None:
    assert stands(text, name)


def test_a_longer_word_may_contain_a_place_only() -> None:
    assert stands("北大荒的農場", "北大", "place")
    assert not stands("北大荒的農場", "北大", "org")
    assert not stands("互聯網", "互聯", "concept")


def test_many_characters_are_a_name_by_themselves() -> None:
    assert stands("一個人工智慧模型路由平台", "人工智慧模型", "concept")
    assert stands("全國產芯片", "國產芯片", "concept")


def test_business_words_are_looked_for_in_the_sentence() -> None:
    text = fold("小米很好吃。公司公布財報")
    assert not is_business(text, 0, 2)
    assert is_business(text, 7, 9)
    assert has_everyday_use("小米")
    assert not has_everyday_use("华为")


def test_an_office_holder_outweighs_many_characters() -> None:
    assert not stands_alone(fold("任命陳建華為技術長"), 4, 8, "org")
    assert stands_alone(fold("採用華為技術長期投入"), 2, 6, "org")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("聯發科學園區今年啟用", "聯發科"),
        ("聯發科學獎學金", "聯發科"),
        ("講授聯發科普課程", "聯發科"),
        ("用半天貓狗辨識資料", "天貓"),
        ("大同理想汽車展週末登場", "理想汽車"),
        ("今日頭條件放寬", "今日頭條"),
        ("選出陳三星為里長", "三星"),
    ],
)
def test_a_name_takes_no_part_of_the_word_beside_it(text: str, name: str) -> None:
    assert not stands(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("聯發科學長分享", "聯發科"),
        ("聯發科技術長談製程", "聯發科"),
        ("理想汽車展示新車", "理想汽車"),
        ("理想汽車展間開幕", "理想汽車"),
        ("今日頭條條款更新", "今日頭條"),
        ("廣達與緯創出貨伺服器", "緯創"),
        ("一張輝達顯示卡", "輝達"),
        ("理想公布交付量", "理想"),
    ],
)
def test_a_name_beside_other_words_stays(text: str, name: str) -> None:
    assert stands(text, name)


def test_the_name_of_a_place_may_have_a_letter_beside_it() -> None:
    assert stands("兩位中國籍數學家", "中國", "place")


def test_words_of_business_are_no_context_of_an_ideal() -> None:
    assert has_everyday_use(fold("小米"))
    assert not has_everyday_use(fold("理想"))


@pytest.mark.parametrize(
    ("text", "name", "is_thing"),
    [
        ("經過小鵬汽車站", "小鵬汽車", True),
        ("理想汽車道模型", "理想汽車", True),
        ("華為技術長離職", "華為技術", False),
        ("小鵬汽車", "小鵬汽車", False),
    ],
)
def test_the_end_of_a_name_begins_a_thing(text: str, name: str, is_thing: bool) -> None:
    folded = fold(text)
    start = folded.index(fold(name))
    assert ends_inside_a_thing(folded, start, start + len(name)) is is_thing


@pytest.mark.parametrize(
    ("text", "stands_here"),
    [
        ("選美光為供應商", True),
        ("選美光鮮亮麗", False),
        ("蘋果派高層與供應商會面", True),
        ("蘋果派對小孩有吸引力", False),
        ("蘋果花了三年打造手機", True),
    ],
)
def test_a_verb_beside_a_name(text: str, stands_here: bool) -> None:
    name = "美光" if "美光" in text else "蘋果"
    assert stands(text, name) is stands_here
