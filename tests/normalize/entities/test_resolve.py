"""Names that are one entity, names that never are, and independence from their order."""

from collections import defaultdict
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.decisions import Decision
from app.normalize.entities.resolve import resolve_names

NOTHING = Catalogue()


def entity(
    slug: str, kind: str, names: Sequence[str], maker: str | None = None
) -> dict[str, object]:
    aliases = [{"name": name, "kind": "spelling"} for name in names[1:]]
    return {
        "slug": slug,
        "type": kind,
        "names": {"en": names[0]},
        "aliases": aliases,
        "maker": maker,
    }


KNOWN = Catalogue.from_records(
    [
        entity("nvidia", "org", ["NVIDIA", "輝達", "英偉達"]),
        entity("openai", "org", ["OpenAI"]),
        entity("huawei", "org", ["Huawei", "華為"]),
        entity("ascend", "chip", ["Ascend", "昇騰"], "huawei"),
        entity("h100", "chip", ["H100"], "nvidia"),
        entity("gpt-4", "model", ["GPT-4"], "openai"),
        entity("gpt-4o", "model", ["GPT-4o"], "openai"),
        entity("mistral", "org", ["Mistral"]),
        entity("mistral-models", "model", ["Mistral", "Mistral models"], "mistral"),
        entity("triton-server", "product", ["Triton"], "nvidia"),
        entity("triton-language", "product", ["Triton", "OpenAI Triton"], "openai"),
        entity("upper", "method", ["AutoMEM"]),
        entity("lower", "method", ["AutoMem"]),
        entity("karpathy", "person", ["Andrej Karpathy"]),
        entity("xylo", "model", ["Xylo", "文星"]),
        entity("xylo-4-5", "model", ["Xylo 4.5"]),
        entity("assembly-ai", "org", ["AssemblyAI"]),
        entity("protocol", "product", ["Agentic Commerce Protocol"]),
    ]
)


def decide(name: str, *, among: Sequence[str] = (), catalogue: Catalogue = KNOWN) -> Decision:
    return resolve_names([name, *among], catalogue)[0]


def clusters(names: Sequence[str], catalogue: Catalogue = NOTHING) -> set[frozenset[str]]:
    names_by_entity: defaultdict[str, set[str]] = defaultdict(set)
    for decision in resolve_names(names, catalogue):
        names_by_entity[decision.entity].add(decision.name)
    return {frozenset(members) for members in names_by_entity.values()}


@pytest.mark.parametrize(
    ("name", "slug", "method"),
    [
        ("輝達", "nvidia", "exact"),
        ("nvidia", "nvidia", "key"),
        ("NVIDIA's", "nvidia", "spelling"),
        ("华为昇腾", "ascend", "affix"),
        ("昇騰 NPU", "ascend", "affix"),
        ("昇騰 Ascend", "ascend", "bilingual"),
        ("NVIDIA H100", "h100", "affix"),
        ("H100 GPUs", "h100", "affix"),
        ("openai/gpt-4o", "gpt-4o", "affix"),
        ("ChatGPT-4o", "gpt-4o", "spelling"),
        ("Mistral AI", "mistral", "affix"),
        ("Karpathy", "karpathy", "person"),
        ("@andrej_karpathy", "karpathy", "spelling"),
        ("akarpathy", "karpathy", "person"),
        ("Agentic Comerce Protocol", "protocol", "fuzzy"),
        ("文星 4.5", "xylo-4-5", "spelling"),
        ("Assembly AI Inc", "assembly-ai", "affix"),
        ("OpenAI Triton", "triton-language", "exact"),
        ("AutoMEM", "upper", "exact"),
        ("AutoMem", "lower", "exact"),
    ],
)
def test_a_known_entity_is_found(name: str, slug: str, method: str) -> None:
    decision = decide(name)
    assert (decision.outcome, decision.entity, decision.method) == ("link", slug, method)
    assert 0 < decision.score <= 1
    assert decision.evidence


@pytest.mark.parametrize(
    "name",
    ["H200", "NVIDIA H200", "GPT-4o mini", "GPT-4.1", "GPT-4-0613", "Huawei Cloud", "OpenAI Codex"],
)
def test_a_relative_of_a_known_entity_is_new(name: str) -> None:
    decision = decide(name)
    assert decision.outcome != "link"
    assert decision.entity.startswith("new:")


def test_a_name_of_company_and_model_is_the_company() -> None:
    assert decide("Mistral").entity == "mistral"


def test_a_short_name_is_not_the_long_name_that_contains_it() -> None:
    decision = decide("Assembly")
    assert decision.outcome == "uncertain"
    assert [candidate.entity for candidate in decision.candidates] == ["assembly-ai"]


def test_a_surname_that_is_a_product_stays_the_product() -> None:
    decisions = resolve_names(["Ascend", "Kate Ascend"], KNOWN)
    assert [decision.entity for decision in decisions] == ["ascend", "new:kateascend"]


def test_a_name_of_two_entities_is_left_for_review() -> None:
    for name in ("Triton", "automem"):
        decision = decide(name)
        assert decision.outcome == "uncertain"
        assert decision.entity.startswith("new:")
        assert len(decision.candidates) == 2


def test_a_similar_name_is_uncertain_with_its_candidates() -> None:
    decision = decide("Agent Commerce Protocol")
    assert (decision.outcome, decision.method) == ("uncertain", "fuzzy")
    assert decision.candidates[0].entity == "protocol"


@pytest.mark.parametrize(
    "names",
    [
        ("Foobar-X", "foobar x", "FOOBAR X", "Foobar‑X"),
        ("Zorblax 3.5 Quasar", "zorblax-quasar-3-5", "Zorblax Quasar v3.5"),
        ("Zorblax 2.0", "zorblax-2", "Zorblax v2"),
        ("Anthropic Zorblax", "Zorblax", "anthropic/zorblax", "Anthropic's Zorblax"),
        ("Zorblax Inc.", "Zorblax", "Zorblax Corporation", "Zorblax AI", "zorblax_ai"),
        ("Zorblax-90B-A9B", "zorblax 90b", "zorblax-moe-90b"),
        ("ZBX", "Zonal Boundary Xylography", "Zonal Boundary Xylography (ZBX)"),
        ("SZ Xylo 3", "Stable Zorblax Xylo 3"),
        ("i18n", "internationalization"),
        ("Zürbel", "Zurbel"),
        ("quantum robots", "Quantum Robot", "量子機器人"),
        ("量子神經網路", "量子神经网络", "quantum neural network"),
        ("具身代理人", "具身智能體"),
        ("語音資料集", "语音数据集", "voice datasets"),
        ("AI benchmark", "benchmarks", "基準測試"),
        ("向量資料庫（Vector Database）", "vector DB"),
        ("Zorblax 芯片", "Zorblax"),
        ("摩卡公司", "摩卡集團", "摩卡"),
        ("Katherine Zorblatt", "katherine-zorblatt", "@kzorblatt", "Zorblatt", "Kate Zorblatt"),
        ("Meng Xiaolan", "Xiaolan Meng"),
        ("Gemini Zorblax 4", "Zorblax 4"),
        ("SIGZORB 2031", "SIGZORB 2031"),
        ("SIGZORB 2026", "SIGZORB'26", "SIGZORB26"),
    ],
)
def test_names_of_one_unknown_entity_are_joined(names: tuple[str, ...]) -> None:
    assert clusters(names) == {frozenset(names)}


@pytest.mark.parametrize(
    "names",
    [
        ("Zorblax 5.1", "Zorblax 5.2", "Zorblax 5", "Zorblax 51", "Zorblax"),
        ("Zorblax 7B", "Zorblax 70B", "Zorblax 8x7B", "Zorblax"),
        (
            "Zorblax Mini",
            "Zorblax Pro",
            "Zorblax Codex",
            "Zorblax-VL",
            "Zorblax Thinking",
            "Zorblax",
        ),
        ("Zorblax 4", "Zorblax 4-0613", "Zorblax 4 preview", "zorblax-4-2024-08-06"),
        ("4o-mini", "o4-mini"),
        ("Meta AI", "Meta"),
        ("Google DeepMind", "Google"),
        ("Zorblax Code", "Zorblax"),
        ("Anthropic", "Anthropic Zorblax"),
        ("LLaVA-Zorb", "Zorb-LLaVA"),
        ("GTE-Zorb2", "Zorb2"),
        ("Grace Hopper", "Hopper"),
        ("New York University", "New York"),
        ("紐約大學", "紐約"),
        ("Zorb (Google)", "Zorb (Apple)"),
        ("Zorb (Italy)", "Zorb (Spain)"),
        ("tokenizer", "tokenization"),
        ("無人駕駛", "自動駕駛"),
        ("大模型", "大型語言模型"),
        ("ClawBot", "ClawdBot"),
        (".NET", "NET"),
        ("C", "C++", "C#"),
        ("???", "!!!", "…"),
    ],
)
def test_names_of_different_entities_are_never_joined(names: tuple[str, ...]) -> None:
    assert clusters(names) == {frozenset([name]) for name in names}


def test_a_bare_name_joins_neither_of_two_makers() -> None:
    assert clusters(["Apple Zorb", "Samsung Zorb", "Zorb"]) == {
        frozenset(["Apple Zorb"]),
        frozenset(["Samsung Zorb"]),
        frozenset(["Zorb"]),
    }


def test_an_abbreviation_of_two_phrases_joins_neither() -> None:
    names = ["ZBX", "Zonal Boundary Xylography", "Zero Bias Xerography"]
    assert clusters(names) == {frozenset([name]) for name in names}


def test_a_surname_of_two_people_joins_neither() -> None:
    names = ["Zorblatt", "Dario Zorblatt", "Daniela Zorblatt"]
    assert clusters(names) == {frozenset([name]) for name in names}


def test_one_decision_a_name_in_the_order_given() -> None:
    names = ["Zorb", "NVIDIA", "Zorb"]
    assert [decision.name for decision in resolve_names(names, KNOWN)] == names


# Names that touch every rule, and noise that touches none.
_NAMES = st.one_of(
    st.text(max_size=24).filter(str.strip),
    st.builds(
        "{} {}{} {}".format,
        st.sampled_from(
            ["Zorb", "NVIDIA", "OpenAI", "華為", "Claude", "GPT", "智能", "Katherine", "DeepSeek's"]
        ),
        st.sampled_from(["", "v", "-", "Quasar ", "Meng ", "（", "昇騰"]),
        st.sampled_from(["", "3", "3.5", "4o", "70B", "R1", "2024-08-06", "）", "·"]),
        st.sampled_from(["", "mini", "Pro", "AI", "芯片", "(ZQ)", "Inc.", "models"]),
    ).map(str.strip),
)


@given(st.lists(_NAMES, max_size=12), st.randoms(use_true_random=False))
def test_order_changes_no_cluster(names: list[str], random: Random) -> None:
    shuffled = list(names)
    random.shuffle(shuffled)
    assert clusters(names, KNOWN) == clusters(shuffled, KNOWN)


@given(_NAMES)
def test_spaces_around_a_name_do_not_matter(name: str) -> None:
    assert clusters([name, f"  {name} "]) == {frozenset([name, f"  {name} "])}


@given(
    st.sampled_from(["Zorblax", "GPT", "Qwen", "文心", "Claude Opus", "DeepSeek V"]),
    st.lists(st.integers(0, 99), min_size=1, max_size=2),
    st.lists(st.integers(0, 99), min_size=1, max_size=2),
    st.sampled_from(["", " mini", "-Pro", " 7B"]),
)
def test_versions_are_never_joined(
    base: str, version: list[int], other_version: list[int], rest: str
) -> None:
    first, second = (".".join(map(str, numbers)) for numbers in (version, other_version))
    names = [f"{base} {first}{rest}", f"{base} {second}{rest}"]
    same = first.removesuffix(".0") == second.removesuffix(".0")
    assert len(clusters(names, KNOWN)) == (1 if same else 2)


@pytest.mark.parametrize("among", [(), ("記憶體",)])
def test_an_everyday_word_is_not_linked_by_translation_alone(among: Sequence[str]) -> None:
    catalogue = Catalogue.from_records(
        [
            {
                "slug": "memory-chip",
                "type": "chip",
                "names": {"en": "Memory chip", "zh-Hant": "記憶體"},
            },
            entity("alignment", "concept", ["Alignment", "對齊"]),
        ]
    )
    doubted = decide("memory", among=among, catalogue=catalogue)
    assert (doubted.outcome, doubted.entity, [c.entity for c in doubted.candidates]) == (
        "uncertain",
        "new:memory",
        ["memory-chip"],
    )
    assert decide("memory chips", catalogue=catalogue).entity == "memory-chip"
    # Two regional words of one script are one; so is a word the catalogue has itself.
    assert decide("內存", catalogue=catalogue).entity == "memory-chip"
    assert decide("alignments", catalogue=catalogue).entity == "alignment"


def test_a_makers_name_abbreviates_no_everyday_phrase() -> None:
    assert clusters(["PDD", "PDD Holdings", "parallel data distillation"]) == {
        frozenset({"PDD", "PDD Holdings"}),
        frozenset({"parallel data distillation"}),
    }
    assert clusters(["PDD", "parallel data distillation"]) == {
        frozenset({"PDD", "parallel data distillation"})
    }


def test_a_numeronym_stands_for_one_word() -> None:
    assert clusters(["n8n", "NexusRaven", "k8s", "Kubernetes"]) == {
        frozenset({"n8n"}),
        frozenset({"NexusRaven"}),
        frozenset({"k8s", "Kubernetes"}),
    }


COMMON = Catalogue.from_records(
    [
        entity("splunk", "org", ["Splunk"]),
        entity("openai", "org", ["OpenAI"]),
        entity("alibaba-cloud", "org", ["Alibaba Cloud", "阿里雲"]),
        entity("mcp-server", "concept", ["MCP server"]),
        entity("deployment", "concept", ["Deployment"]),
        entity("g20-summit", "event", ["G20 summit", "峰會"]),
        entity("gtc", "event", ["GTC"]),
        entity("hacker-news", "org", ["Hacker News"]),
        entity("the-hacker-news", "org", ["The Hacker News"]),
        entity("vllm", "product", ["vLLM"]),
        entity("ollama", "product", ["Ollama"]),
        entity("llama-cpp", "product", ["llama.cpp"]),
        entity("whisper", "model", ["Whisper"]),
        entity("langchain", "product", ["LangChain"]),
        entity("att", "org", ["AT&T"]),
        entity("loreal", "org", ["L'Oréal"]),
        entity("nvidia", "org", ["NVIDIA", "輝達"]),
        entity("deepseek", "org", ["DeepSeek"]),
    ]
)


def resolved(name: str) -> tuple[str, str]:
    (decision,) = resolve_names([name], COMMON)
    return decision.outcome, decision.entity


@pytest.mark.parametrize(
    "name",
    [
        "Splunk MCP Server",
        "OpenAI MCP Server",
        "OpenAI Deployment Company",
        "NVIDIA Deployment",
        "阿里云峰会",
        "阿里雲峰會",
        "NVIDIA 峰會",
    ],
)
def test_a_thing_of_a_maker_is_no_concept(name: str) -> None:
    outcome, slug = resolved(name)
    assert outcome != "link"
    assert slug.startswith("new:")


def test_one_publisher_is_not_another() -> None:
    assert resolved("The Hacker News") == ("link", "the-hacker-news")
    assert resolved("Hacker News") == ("link", "hacker-news")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("vllm-project/vllm", "vllm"),
        ("ollama/ollama", "ollama"),
        ("ggml-org/llama.cpp", "llama-cpp"),
        ("openai/whisper", "whisper"),
        ("langchain-ai/langchain", "langchain"),
        ("AT&amp;T", "att"),
        ("L&#39;Oréal", "loreal"),
        ("<b>NVIDIA</b>", "nvidia"),
        ("輝\u200b達", "nvidia"),
        ("Deep\u00adSeek", "deepseek"),
        (r"Deep\-Seek", "deepseek"),
    ],
)
def test_repositories_escapes_and_invisible_characters(name: str, slug: str) -> None:
    assert resolved(name) == ("link", slug)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"C\#", r"C\+\+"),
        ("C#", "C++"),
        ("Gemma 2 9B", "Gemma 2.9B"),
        ("Yi-1 5B", "Yi-1.5B"),
        ("Qwen3-8B", "Qwen3.8B"),
        ("Phi 3 5B", "Phi 3.5B"),
        ("GLM-4 9B", "GLM-4.9B"),
        ("Llama 3 2B", "Llama 3.2B"),
    ],
)
def test_two_names_stay_two(left: str, right: str) -> None:
    first, second = resolve_names([left, right], NOTHING)
    assert first.entity != second.entity


@pytest.mark.parametrize(
    ("left", "right"), [(r"C\#", "C#"), (r"C\+\+", "C++"), ("<b>粗</b>", "粗"), ("A&amp;B", "A&B")]
)
def test_markup_makes_no_other_name(left: str, right: str) -> None:
    first, second = resolve_names([left, right], NOTHING)
    assert first.entity == second.entity
