"""Versions that the catalogue lacks."""

import pytest

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.mentions import Scanner
from app.normalize.entities.versions import NewMember, versions_of


def model(slug: str, name: str, family: str | None = None, maker: str = "lab") -> dict[str, object]:
    return {
        "slug": slug,
        "type": "model",
        "names": {"en": name},
        "family": family,
        "maker": maker,
    }


CATALOGUE = Catalogue.from_records(
    [
        {"slug": "lab", "type": "org", "names": {"en": "Laboratory"}},
        {"slug": "deepseek", "type": "org", "names": {"en": "DeepSeek"}},
        model("claude", "Claude"),
        model("claude-opus", "Claude Opus", "claude"),
        model("claude-opus-4", "Claude Opus 4", "claude"),
        model("kimi", "Kimi"),
        model("kimi-k2", "Kimi K2", "kimi"),
        model("deepseek-models", "DeepSeek models", None, "deepseek"),
        model("deepseek-v3", "DeepSeek-V3", "deepseek-models", "deepseek"),
        model("llama", "Llama"),
        model("llama-4", "Llama 4", "llama"),
        model("llama-4-scout", "Llama 4 Scout", "llama-4"),
        model("qwen", "Qwen"),
        model("qwen3-8", "Qwen3.8", "qwen"),
        model("qwen3-8-27b", "Qwen3.8-27B", "qwen3-8"),
        model("gemma", "Gemma"),
        model("gemma-2", "Gemma 2", "gemma"),
        model("gemma-2-9b", "Gemma 2 9B", "gemma-2"),
        {"slug": "amazon", "type": "org", "names": {"en": "Amazon"}},
        model("nova", "Nova", None, "amazon"),
        model("nova-2", "Nova 2", "nova", "amazon"),
        {"slug": "iphone", "type": "product", "names": {"en": "iPhone"}},
        {
            "slug": "iphone-17",
            "type": "product",
            "names": {"en": "iPhone 17"},
            "family": "iphone",
        },
        {"slug": "cursor", "type": "product", "names": {"en": "Cursor"}},
    ]
)
SCANNER = Scanner(CATALOGUE)


def named(text: str) -> list[tuple[str, str]]:
    return [(text[match.start : match.end], match.node) for match in SCANNER.scan(text)]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Claude Opus 9", "claude"),
        ("Claude 9", "claude"),
        ("Kimi K9", "kimi"),
        ("DeepSeek V9", "deepseek-models"),
        ("DeepSeek-V9", "deepseek-models"),
        ("Llama 9 Scout", "llama"),
        ("Llama 9 405B", "llama"),
        ("Qwen3.8 99B", "qwen3-8"),
        ("Qwen9-Coder", "qwen"),
        ("iPhone 30 Pro", "iphone"),
    ],
)
def test_an_unknown_version_is_a_new_member_of_its_family(name: str, family: str) -> None:
    member = versions_of(CATALOGUE).new_member(name)
    assert member is not None
    assert member.family == family
    ((surface, node),) = named(f"團隊測試 {name}。")
    assert surface == name
    assert node.startswith("k:")


def test_type_and_maker_are_those_of_the_family() -> None:
    versions = versions_of(CATALOGUE)
    assert versions.new_member("DeepSeek V9") == NewMember("model", "deepseek-models", "deepseek")
    assert versions.new_member("Kimi K9") == NewMember("model", "kimi", "lab")
    assert versions.new_member("iPhone 30") == NewMember("product", "iphone", None)


@pytest.mark.parametrize("name", ["Claude", "Claude Code", "Cursor 9", "Cursor", "k9", "", "9"])
def test_other_names_are_no_version(name: str) -> None:
    assert versions_of(CATALOGUE).new_member(name) is None


@pytest.mark.parametrize(
    ("text", "surface", "slug"),
    [
        ("Qwen 3.8 27B 模型發佈", "Qwen 3.8 27B", "qwen3-8-27b"),
        ("Qwen 3.8 模型", "Qwen 3.8", "qwen3-8"),
        ("Qwen3.8-27B 模型", "Qwen3.8-27B", "qwen3-8-27b"),
        ("Qwen-3.8 模型", "Qwen-3.8", "qwen3-8"),
        ("qwen-3.8-27b", "qwen-3.8-27b", "qwen3-8-27b"),
        ("Claude-Opus-4 上線", "Claude-Opus-4", "claude-opus-4"),
        ("Gemma2 9B", "Gemma2 9B", "gemma-2-9b"),
    ],
)
def test_breaks_between_letters_and_digits_do_not_matter(
    text: str, surface: str, slug: str
) -> None:
    assert named(text) == [(surface, f"c:{slug}")]


def test_a_size_is_not_a_part_of_the_version() -> None:
    assert named("Gemma 2 9B 與 Gemma 2.9B") == [
        ("Gemma 2 9B", "c:gemma-2-9b"),
        ("Gemma 2.9B", "k:gemma2.9b"),
    ]


@pytest.mark.parametrize("text", ["用 Claude 5 次", "Kimi 3 款產品", "Qwen 50% 的流量"])
def test_a_number_that_counts_is_no_version(text: str) -> None:
    assert not any(node.startswith("k:") for _, node in named(text))


def test_a_tier_in_lower_case_is_a_word() -> None:
    assert named("Claude Opus 9 high cost") == [("Claude Opus 9", "k:claudeopus9")]
    assert named("Claude Opus 9 Thinking") == [("Claude Opus 9 Thinking", "k:claudeopus9thinking")]
    assert named("Claude Opus 9 mini") == [("Claude Opus 9 mini", "k:claudeopus9mini")]


def test_a_capitalised_part_after_a_dash_belongs_to_the_name() -> None:
    assert named("Qwen3.8-DSpark 推出") == [("Qwen3.8-DSpark", "k:qwen3.8dspark")]


def test_a_context_is_not_asked_of_a_list() -> None:
    catalogue = Catalogue.from_records(
        [
            model("claude", "Claude"),
            {**model("gemini", "Gemini"), "homonym": {"Gemini": ["Google"]}},
        ]
    )
    scanner = Scanner(catalogue)
    assert [m.node for m in scanner.scan("Claude 與 Gemini")] == ["c:claude", "c:gemini"]
    assert [m.node for m in scanner.scan("雙子座 Gemini 今天")] == []


@pytest.mark.parametrize("text", ["SteelSeries Arctis Nova 3P 打折", "Zorbly Nova 9"])
def test_a_word_behind_another_name_is_no_head(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize("text", ["Amazon Nova 9", "發布 Nova 9", "Introducing Nova 9"])
def test_a_maker_or_an_ordinary_word_may_stand_before_a_head(text: str) -> None:
    assert named(text)[-1][1] == "k:nova9"


SERIES = Catalogue.from_records(
    [
        {"slug": "openai", "type": "org", "names": {"en": "OpenAI"}},
        {"slug": "apple", "type": "org", "names": {"en": "Apple", "zh-Hant": "蘋果"}},
        model("o-series", "OpenAI o-series", None, "openai"),
        *(model(f"o{number}", f"o{number}", "o-series", "openai") for number in (1, 3, 4)),
        model("o1-pro", "OpenAI o1-pro", "o-series", "openai"),
        model("o3-mini", "o3-mini", "o3", "openai"),
        {
            "slug": "apple-silicon",
            "type": "chip",
            "names": {"en": "Apple Silicon"},
            "maker": "apple",
        },
        *(
            {
                "slug": f"apple-m{number}",
                "type": "chip",
                "names": {"en": f"Apple M{number}"},
                "aliases": [{"name": f"M{number} chip", "kind": "spelling"}],
                "family": "apple-silicon",
                "maker": "apple",
            }
            for number in (1, 2, 3)
        ),
    ]
)


@pytest.mark.parametrize(
    ("text", "surface", "node"),
    [
        ("o9-mini 開放下載。", "o9-mini", "k:o9mini"),
        ("OpenAI o9-mini 開放下載。", "OpenAI o9-mini", "k:o9mini"),
        ("OpenAI 推出 o6。", "o6", "k:o6"),
        ("o3 模型得分最高。", "o3", "c:o3"),
        ("M9 Ultra 用於桌機。", "M9 Ultra", "k:applem9ultra"),
        ("蘋果的 M2 量產。", "M2", "c:apple-m2"),
    ],
)
def test_a_letter_is_the_head_of_a_series(text: str, surface: str, node: str) -> None:
    matches = {text[m.start : m.end]: m.node for m in Scanner(SERIES).scan(text)}
    assert matches[surface] == node


def test_a_letter_without_a_sign_of_its_series_is_none() -> None:
    assert not Scanner(SERIES).scan("O2 sensor, M9 公路, vitamin K2, o5 棟")
    assert versions_of(SERIES).new_member("o9-mini") == NewMember("model", "o-series", "openai")
    assert versions_of(SERIES).new_member("M9 motorway") is None


def test_few_versions_make_no_series() -> None:
    catalogue = Catalogue.from_records(
        [model("z", "Z models"), model("z1", "z1", "z"), model("z2", "z2", "z")]
    )
    assert "z" not in set(versions_of(catalogue).heads())
