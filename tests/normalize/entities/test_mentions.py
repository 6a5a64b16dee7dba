"""Names in running text."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge import knowledge
from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.mentions import Scanner, lines_with
from tests.eval import running_text

SCANNER = Scanner(
    Catalogue.from_records(
        [
            {
                "slug": "nvidia",
                "type": "org",
                "names": {"en": "NVIDIA", "zh-Hant": "輝達", "zh-Hans": "英伟达"},
            },
            {"slug": "rag", "type": "method", "names": {"en": "RAG"}},
            {"slug": "qwen", "type": "model", "names": {"en": "Qwen"}},
            {
                "slug": "qwen-image-layered",
                "type": "model",
                "names": {"en": "Qwen-Image-Layered"},
                "family": "qwen",
            },
            {"slug": "gpt-5", "type": "model", "names": {"en": "GPT-5"}},
            {
                "slug": "generative-ai",
                "type": "concept",
                "names": {"en": "Generative AI", "zh-Hant": "生成式 AI"},
            },
            {
                "slug": "data-center",
                "type": "concept",
                "names": {"en": "data center", "zh-Hant": "資料中心", "zh-Hans": "数据中心"},
            },
            {
                "slug": "huashan",
                "type": "chip",
                "names": {"zh-Hant": "華山"},
                "homonym": {"華山": ["摩爾線程"]},
            },
            {"slug": "cursor", "type": "product", "names": {"en": "Cursor"}},
            {"slug": "mercury-org", "type": "org", "names": {"en": "Mercury"}},
            {"slug": "mercury-lab", "type": "org", "names": {"en": "Mercury"}},
        ]
    )
)

SENTENCES_OF_LINES = [sentence.text for sentence in running_text.read_sentences()][:200]


def named(text: str) -> list[tuple[str, str]]:
    return [
        (text[match.start : match.end], match.node.removeprefix("c:"))
        for match in SCANNER.scan(text)
    ]


def test_a_name_is_found_in_any_script_and_width() -> None:
    assert named("輝達、英伟达、英偉達與ＮＶＩＤＩＡ") == [
        ("輝達", "nvidia"),
        ("英伟达", "nvidia"),
        ("英偉達", "nvidia"),
        ("ＮＶＩＤＩＡ", "nvidia"),
    ]


def test_a_latin_name_is_a_whole_word() -> None:
    assert named("averaging 與 RAG、RAGs，使用RAG技術") == [
        ("RAG", "rag"),
        ("RAG", "rag"),
        ("RAG", "rag"),
    ]
    assert named("storage, rag, FRAGILE") == []


def test_the_longest_name_wins() -> None:
    assert named("Qwen-Image-Layered 與 Qwen") == [
        ("Qwen-Image-Layered", "qwen-image-layered"),
        ("Qwen", "qwen"),
    ]


def test_a_family_does_not_match_an_unknown_member() -> None:
    for text in (
        "Qwen-Coder-Next",
        "Qwen-VL",
        "GPT-5.2",
        "GPT-5 mini",
        "GPT-52",
        "my-GPT-5",
    ):
        assert named(text) == [], text
    for text, node in (("Qwen 7", "k:qwen7"), ("Qwen2.5", "k:qwen2.5")):
        assert named(text) == [(text, node)]
    assert named("Qwen 與 GPT-5。") == [("Qwen", "qwen"), ("GPT-5", "gpt-5")]
    assert named("Qwen 3 款產品") == [("Qwen", "qwen")]


def test_spacing_does_not_matter() -> None:
    assert named("生成式AI 與 生成式 AI") == [
        ("生成式AI", "generative-ai"),
        ("生成式 AI", "generative-ai"),
    ]
    assert named("Data-center datacenter") == [
        ("Data-center", "data-center"),
        ("datacenter", "data-center"),
    ]


def test_a_homonym_needs_its_context() -> None:
    assert named("登上華山") == []
    assert named("摩爾線程發布華山") == [("華山", "huashan")]


def test_a_proper_name_needs_its_capital() -> None:
    assert named("move the cursor") == []
    assert named("用 Cursor 寫程式") == [("Cursor", "cursor")]


def test_a_name_of_two_entities_of_one_type_is_ignored() -> None:
    assert named("Mercury") == []


def test_links_and_code_are_skipped() -> None:
    assert named("https://nvidia.com/NVIDIA [x](https://NVIDIA.com)") == []
    assert named("`NVIDIA` <https://a.b/NVIDIA>\n```\nNVIDIA\n```") == []
    assert named("[NVIDIA](https://x.com)") == [("NVIDIA", "nvidia")]


def test_a_name_may_be_asked_for_before_a_scan() -> None:
    assert lines_with("關於生成式 AI", ["生成式AI"]) == [(0, 8)]
    assert not lines_with("關於生成式", ["生成式AI"])


def test_lines_with_a_name_are_in_order_and_each_once() -> None:
    text = "模型與模型\n其他\n大模型\n"
    assert [text[start:end] for start, end in lines_with(text, ["模型", "大模型"])] == [
        "模型與模型",
        "大模型",
    ]
    hidden = "模\u200b型\n其他"
    assert lines_with(hidden, ["模型"]) == [(0, len(hidden))]


@pytest.mark.parametrize("mark", ["", "\u200b"])
def test_a_scan_of_lines_has_the_matches_of_the_whole_text_there(mark: str) -> None:
    text = "".join(f"{line}{mark}\n" for line in SENTENCES_OF_LINES)
    scanner = knowledge().scanner
    whole = scanner.scan(text)
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line) - 1
        inside = [match for match in whole if start <= match.start < end]
        assert scanner.scan(text, lines=[(start, end)]) == inside
        start = end + 1
    assert scanner.scan(text, lines=[]) == []


def test_visible_code_is_read() -> None:
    text = "`NVIDIA GPU` `NVIDIA`"
    assert [match.start for match in SCANNER.scan(text, visible=[(1, 11)])] == [1]


def test_listed_names_are_found_too() -> None:
    text = "Turb-L1 勝過 Qwen"
    assert [(m.start, m.end, m.node) for m in SCANNER.scan(text, {"Turb-L1": "k:turbl1"})] == [
        (0, 7, "k:turbl1"),
        (11, 15, "c:qwen"),
    ]


@given(
    st.text(
        alphabet=st.sampled_from("NVIDIArag輝達 Qwen-GPT5.2生成式`[]()https://\n華山\0"),
        max_size=200,
    )
)
def test_matches_are_in_order_and_do_not_overlap(text: str) -> None:
    matches = SCANNER.scan(text)
    assert all(0 <= match.start < match.end <= len(text) for match in matches)
    assert all(left.end <= right.start for left, right in itertools.pairwise(matches))


def test_each_name_of_a_list_is_context_of_the_next() -> None:
    scanner = knowledge().scanner
    for text in ("改用Claude、Gemini或Grok。", "Grok、Gemini 和 Claude 的比較。"):
        surfaces = {text[match.start : match.end] for match in scanner.scan(text)}
        assert surfaces == {"Claude", "Gemini", "Grok"}


@pytest.mark.parametrize("script", ["Traditional", "Simplified"])
def test_labelled_sentences(script: str) -> None:
    sentences = running_text.scripts(list(running_text.read_sentences()))[script]
    score = running_text.judge(sentences, knowledge().scanner)
    for is_name, floor in ((False, 0.95), (True, 0.98)):
        total = sum(count for (_, sign), count in score.total.items() if sign is is_name)
        met = sum(count for (_, sign), count in score.met.items() if sign is is_name)
        assert met >= floor * total, [str(failure) for failure in score.failures]
