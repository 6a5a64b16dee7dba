import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.entities.names import (
    name_key,
    plain_name,
    read_cell,
    split_composite,
    split_outside_brackets,
    split_repository,
    with_width,
)


@pytest.mark.parametrize(
    "spellings",
    [
        ("OpenAI", "Open AI", "ＯｐｅｎＡＩ", "open-ai"),
        ("昇騰 Ascend", "昇腾 Ascend", "昇騰Ascend"),
        ("Claude 3.5", "claude-3-5", "Claude-3.5", "claude 3 5"),
        ("GPT‑4o", "GPT-4o", "gpt4o", "GPT 4o"),
        ("臺積電", "台積電", "台积电"),
    ],
)
def test_spellings_of_one_name_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len(set(map(name_key, spellings))) == 1


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("GPT-5.2", "GPT-52"),
        ("GPT-5.2", "GPT-5"),
        ("GPT-4", "GPT-4o"),
        ("Llama 3.1", "Llama 31"),
        ("Qwen2.5", "Qwen25"),
        ("C++", "C"),
        ("C#", "C"),
        (".NET", "NET"),
        ("Ascend 910B", "Ascend 910C"),
    ],
)
def test_two_names_have_two_keys(name: str, other: str) -> None:
    assert name_key(name) != name_key(other)


@given(st.text())
def test_every_visible_name_has_a_key(name: str) -> None:
    assert bool(name_key(name)) == bool(with_width(name).split())


@given(st.text())
def test_a_key_is_no_longer_than_its_name(name: str) -> None:
    assert len(name_key(name)) <= len(name)


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("NVLink/NVSwitch", ("NVLink", "NVSwitch")),
        ("ROS2/FPGA", ("ROS2", "FPGA")),
        ("TVM/TFLM/ORT Mobile", ("TVM", "TFLM", "ORT Mobile")),
        ("RDF/OWL/SKOS", ("RDF", "OWL", "SKOS")),
        ("OCR／IDP", ("OCR", "IDP")),
        ("OCR / IDP", ("OCR", "IDP")),
        ("LLM+RAG", ("LLM", "RAG")),
        ("Kubernetes/成本優化", ("Kubernetes", "成本優化")),
        ("GraphQL/REST API", ("GraphQL API", "REST API")),
        ("A/B", ()),
        ("CI/CD", ()),
        ("24/7", ()),
        ("C++", ()),
        ("昇騰 Ascend", ()),
        ("OpenAI", ()),
        ("模型（A/C 版）", ()),
        ("https://a.com/b/c", ()),
        ("/etc", ()),
    ],
)
def test_a_composite_is_split(cell: str, parts: tuple[str, ...]) -> None:
    assert read_cell(cell).parts == parts


@pytest.mark.parametrize(
    ("cell", "name", "inferred"),
    [
        ("ACMA（推）", "ACMA", True),
        ("ACMA (推測)", "ACMA", True),
        ("ACMA（unconfirmed）", "ACMA", True),
        ("（推）", "（推）", False),
        ("輝達（NVIDIA）", "輝達（NVIDIA）", False),
        ("Google 等", "Google", False),
        ("Google等", "Google", False),
        ("平等", "平等", False),
    ],
)
def test_an_annotation_marks_a_guess(cell: str, name: str, inferred: bool) -> None:
    assert (read_cell(cell).name, read_cell(cell).inferred) == (name, inferred)


@given(st.text())
def test_a_cell_is_always_read(cell: str) -> None:
    read = read_cell(cell)
    assert bool(read.name) == bool(cell.strip())
    assert all(part.strip() for part in read.parts)
    assert len(read.parts) != 1


@given(st.text(alphabet="a/（)(）「"))
def test_splitting_loses_only_separators(text: str) -> None:
    assert "/".join(split_outside_brackets(text, "/")) == text


def test_a_repository_is_one_name() -> None:
    assert split_composite("vllm-project/vllm") == ()
    assert split_composite("ollama/ollama") == ()
    assert split_composite("openai/whisper") == ()
    assert split_composite("ROS2/FPGA") == ("ROS2", "FPGA")
    assert split_composite("OpenAI/Anthropic") == ("OpenAI", "Anthropic")
    assert split_composite("pytorch/tensorflow") == ("pytorch", "tensorflow")
    assert split_repository("ggml-org/llama.cpp") == ("ggml-org", "llama.cpp")
    assert split_repository("a/b/c") is None


def test_a_name_is_read_without_markup() -> None:
    assert plain_name(r"C\#") == "C#"
    assert plain_name("AT&amp;T") == "AT&T"
    assert plain_name("<b>粗</b>") == "粗"
    assert plain_name("輝\u200b達") == "輝達"
    assert plain_name("a < b & c") == "a < b & c"
    assert name_key(r"C\+\+") == name_key("C++")


def test_a_size_after_a_version_is_not_a_part_of_it() -> None:
    assert name_key("Gemma 2 9B") != name_key("Gemma 2.9B")
    assert name_key("Gemma 2 9B") == name_key("gemma-2-9b")
    assert name_key("claude-3-5") == name_key("Claude 3.5")
