"""A user's catalogue over that of the seeds, and its faults by file and line."""

from typing import Any

import orjson
import pytest

from app.normalize.entities.user_catalogue import Extended, extend, read_lines

BASE: list[dict[str, Any]] = [
    {"slug": "alibaba", "type": "org", "names": {"en": "Alibaba", "zh-Hant": "阿里"}},
    {
        "slug": "qwen",
        "type": "model",
        "names": {"en": "Qwen"},
        "aliases": [{"name": "千問", "kind": "translation", "lang": "zh-Hant"}],
        "maker": "alibaba",
    },
    {"slug": "tongyi", "type": "org", "names": {"en": "Tongyi"}, "family": "alibaba"},
]


def extended(*lines: dict[str, Any] | str) -> Extended:
    data = []
    for line in lines:
        data.append(line.encode() if isinstance(line, str) else orjson.dumps(line))
    return extend(BASE, read_lines("own.jsonl", b"\n".join(data)))


def faults(*lines: dict[str, Any] | str) -> list[str]:
    return [str(fault) for fault in extended(*lines).faults]


def names(record: dict[str, Any]) -> set[str]:
    return {*record["names"].values(), *(alias["name"] for alias in record["aliases"])}


def test_a_new_slug_is_a_whole_record() -> None:
    line = {"slug": "zorb", "type": "product", "names": {"en": "Zorb"}, "maker": "alibaba"}
    result = extended("", line)
    assert result.faults == []
    assert result.records["zorb"]["maker"] == "alibaba"
    assert result.records.keys() == {"alibaba", "qwen", "tongyi", "zorb"}


def test_a_known_slug_is_extended() -> None:
    line = {
        "slug": "qwen",
        "names": {"zh-Hans": "通义千问"},
        "aliases": [{"name": "Qwenny"}],
        "homonym": {"千問": ["阿里"]},
    }
    record = extended(line).records["qwen"]
    assert names(record) == {"Qwen", "千問", "通义千问", "Qwenny"}
    assert (record["type"], record["maker"]) == ("model", "alibaba")
    assert record["homonym"] == {"千問": ["阿里"]}


def test_names_are_removed_and_may_go_to_a_record_of_their_own() -> None:
    result = extended(
        {"slug": "qwen", "without": ["千問"]},
        {"slug": "thousand", "type": "other", "names": {"zh-Hant": "千問"}},
    )
    assert result.faults == []
    assert names(result.records["qwen"]) == {"Qwen"}


def test_an_entity_becomes_part_of_another_with_all_that_refers_to_it() -> None:
    result = extended({"slug": "alibaba", "into": "tongyi"})
    assert result.faults == []
    assert result.records.keys() == {"qwen", "tongyi"}
    assert names(result.records["tongyi"]) == {"Tongyi", "Alibaba", "阿里"}
    assert result.records["qwen"]["maker"] == "tongyi"
    assert result.records["tongyi"]["family"] is None


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "own.jsonl:2: not a line of JSON"),
        ("[]", "own.jsonl:2: the line: [] is not valid"),
        ({"slug": "x", "type": "firm"}, "type: 'firm' is not valid; expected one of: org, model"),
        ({"slug": "x", "names": {"fr": "X"}}, "expected one of: zh-Hant, zh-Hans, en"),
        ({"slug": "x", "type": "org", "names": ["X"]}, "names: ['X'] is not valid"),
        ({"slug": "x", "alias": []}, "alias: [] is not valid"),
        ({"slug": "x y", "type": "org"}, "slug: 'x y' is not valid"),
        ({"slug": "x", "names": {"en": "X"}}, "x: unknown type None"),
        ({"slug": "x", "type": "org"}, "x: names must be given"),
        ({"slug": "qwen", "aliases": [{"name": "Q", "kind": "pun"}]}, "aliases.0.kind: 'pun'"),
        ({"slug": "qwen", "maker": "nobody"}, "own.jsonl:2: qwen: unknown maker nobody"),
        ({"slug": "qwen", "homonym": {"Q": []}}, "the homonym Q is not one of its names"),
        ({"slug": "qwen", "without": ["Q"]}, "qwen: without: 'Q' is not one of its names"),
        ({"slug": "qwen", "into": "qwen"}, "into: qwen is no other entity"),
        ({"slug": "qwen", "into": "nobody"}, "into: nobody is no other entity"),
        ({"slug": "nobody", "into": "qwen"}, "nobody: no record has this slug"),
        ({"slug": "alibaba", "family": "tongyi"}, "leads back to itself"),
        (
            {"slug": "x", "type": "org", "names": {"en": "Alibaba"}},
            "Alibaba: names several entities of type org: alibaba, x",
        ),
    ],
)
def test_a_fault_names_its_line(line: dict[str, Any] | str, complaint: str) -> None:
    (fault,) = faults({"slug": "qwen", "aliases": [{"name": "Qwenny"}]}, line)
    assert fault.startswith("own.jsonl:2: ")
    assert complaint in fault


def test_faults_of_the_seeds_are_not_reported() -> None:
    base = [*BASE, {"slug": "broken", "type": "org", "names": {"en": "B"}, "maker": "nobody"}]
    lines = read_lines("own.jsonl", orjson.dumps({"slug": "qwen", "aliases": [{"name": "Q"}]}))
    assert extend(base, lines).faults == []
