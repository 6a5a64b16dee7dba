import pytest

from app.draft.sections import DEFAULT_KIND, place, speaks_of_the_field
from tests.draft.test_topics import article


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("新論文提出擴散模型的訓練方法", "research"),
        ("新论文提出扩散模型的训练方法", "research"),
        ("開源框架推出 SDK 與部署教程", "tools"),
        ("某新創完成 2 億美元融資，估值翻倍", "market"),
        ("歐盟監管政策引發治理與倫理討論", "trends"),
        ("醫院客戶導入服務，企業應用增加", "industry"),
        ("Startup raises $200 million in funding at a higher valuation", "market"),
    ],
)
def test_words_decide_the_section(title: str, kind: str) -> None:
    placement = place([article(title, "")])
    assert placement.kind == kind
    assert placement.evidence


def test_a_title_of_one_letter_is_no_evidence() -> None:
    assert place([article("T", "", url="https://arxiv.org/abs/2512.17527")]).kind == DEFAULT_KIND


def test_a_topic_without_evidence_is_industry() -> None:
    assert place([article("一天", "")]).kind == DEFAULT_KIND


def test_news_of_other_fields_are_told_apart() -> None:
    assert not speaks_of_the_field([article("球隊贏得冠軍", "球迷慶祝到深夜。")])
    assert speaks_of_the_field([article("輝達公布時程", "")])


def test_a_latin_word_is_no_part_of_another() -> None:
    placement = place([article("Flawed rapid said maintained lawns stool", "")])
    assert not placement.evidence
    assert not speaks_of_the_field([article("Officials said the bridge is maintained", "")])


def test_a_word_is_recognised_with_its_ending() -> None:
    placement = place([article("Lawmakers debate new policies", "Courts and regulations.")])
    assert placement.kind == "trends"
    assert "courts" in placement.evidence


def test_the_kind_of_event_outweighs_a_word() -> None:
    placement = place([article("Suno 與華納和解，推出授權模型", "唱片公司撤回對 Suno 的訴訟。")])
    assert placement.kind == "trends"
    assert place([article("微軟 AI 執行長離職", "他曾任機器學習主管。")]).kind == "industry"


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("阿里開源 Qwen-Image-Layered", "開發者可用這個工具，版本已在 GitHub 開源。", "research"),
        ("Google 推出 Gemini 3，同日上線搜尋", "企業客戶與產品都能使用。", "research"),
        ("SGLang 原生支援昇騰後端", "推理引擎 SGLang 可直接執行多種模型與訓練。", "tools"),
        ("美國准許輝達向中國出售 H200", "企業客戶可以採購產品。", "trends"),
        ("Google 將 TPU 租給 Meta", "雙方洽談租用並購買 TPU，金額數十億美元。", "industry"),
        ("Anthropic 因 Claude 模型遭控告", "法院將審理模型訓練的案件。", "trends"),
    ],
)
def test_what_a_title_is_about_decides_the_section(title: str, text: str, kind: str) -> None:
    assert place([article(title, text)]).kind == kind
