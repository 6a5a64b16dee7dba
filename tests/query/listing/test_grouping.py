"""Buckets: the address of a bucket lists exactly the entries it counts."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from app.errors import BadRequest
from app.query import items
from app.query.listing.dimensions import OF_BRIEFINGS, OF_ENTITIES, OF_ITEMS, OF_SOURCES
from app.query.request.item_params import ItemList
from app.query.schemas.buckets import BucketOut
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, document, item


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def grouped(
    database: Database, by: str, lang: str | None = None, **parameters: Any
) -> Sequence[BucketOut]:
    with database.read() as session:
        return items.buckets(
            session, ItemList.model_validate({"group_by": by, "limit": 100} | parameters), lang
        ).entries


LISTS = [
    *(("items", name) for name in OF_ITEMS),
    *(
        ("items", pair)
        for pair in (
            "section,importance",
            "entity,publisher",
            "day,tag",
            "entity_type,source_status",
        )
    ),
    *(("briefings", name) for name in OF_BRIEFINGS),
    # Mentions of a day by mentions of that day took 3.8 s for two documents.
    ("briefings", "entity,entity_type"),
    ("briefings", "publisher,entity"),
    *(("entities", name) for name in OF_ENTITIES),
    *(("sources", name) for name in OF_SOURCES),
]


@pytest.mark.parametrize(("of", "by"), LISTS)
@pytest.mark.parametrize(
    "under",
    [
        "",
        "&from=2025-12-01&to=2025-12-23&channel=!weekly",
        "&entity_type=model|chip&tag=!mlops",
        "&family=true",
        "&rollup=all&entity_type=!concept",
        "&rollup=maker&entity_type=model|org&entity_type=!chip",
    ],
)
def test_the_address_of_a_bucket_lists_what_it_counts(
    client: TestClient, of: str, by: str, under: str
) -> None:
    page = get(client, f"/v1/{of}?group_by={by}&limit=2{under}")
    last = get(client, f"/v1/{of}?group_by={by}&limit=1&sort=count{under}")
    assert page["meta"]["total"] == last["meta"]["total"]
    for bucket in page["data"] + last["data"]:
        assert get(client, f"{bucket['url']}&limit=1")["meta"]["total"] == bucket["count"] > 0, (
            bucket["url"]
        )
        assert bucket["key"] == ",".join(part["key"] for part in bucket["parts"])


def test_the_items_of_an_entity_are_grouped(client: TestClient) -> None:
    location = client.get("/v1/entities/昇騰/items?group_by=section").headers["location"]
    page = get(client, location)
    assert set(page) == {"data", "meta", "links", "rollup", "family", "members"}
    assert [(bucket["key"], bucket["count"]) for bucket in page["data"]] == [("headlines", 1)]
    assert get(client, page["data"][0]["url"])["meta"]["total"] == 1
    assert (
        page["meta"]["human_description"] == "Items naming Ascend, grouped by section, most first"
    )


def test_labels_follow_the_language(client: TestClient) -> None:
    def labels(lang: str, by: str) -> set[str]:
        return {
            bucket["label"]
            for bucket in get(client, f"/v1/items?group_by={by}&limit=100&lang={lang}")["data"]
        }

    assert "今日焦點" in labels("zh-Hant", "section")
    assert "今日焦点" in labels("zh-Hans", "section")
    assert "headlines" in labels("en", "section")
    assert "輝達" in labels("zh-Hant", "entity&entity=NVIDIA")
    assert "NVIDIA" in labels("en", "entity&entity=NVIDIA")
    assert (
        get(client, "/v1/items?group_by=publisher&publisher=arxiv.org&limit=1")["data"][0]["label"]
        == "arXiv"
    )


def test_buckets_are_sorted_and_paged(client: TestClient) -> None:
    whole = get(client, "/v1/items?group_by=entity&limit=100&sort=key")
    keys = [bucket["key"] for bucket in whole["data"]]
    assert keys[0] == "none" or keys == sorted(keys)
    seen, following = [], "/v1/items?group_by=section,importance&limit=5&sort=-importance,section"
    while following:
        answer = get(client, following)
        seen += [bucket["key"] for bucket in answer["data"]]
        following = answer["links"]["next"]
    assert len(set(seen)) == len(seen) == answer["meta"]["total"]
    ranked = [tuple(key.split(",")) for key in seen]
    assert [pair[1] for pair in ranked if pair[1] != "none"] == sorted(
        (pair[1] for pair in ranked if pair[1] != "none"), reverse=True
    )
    assert set(get(client, "/v1/items?group_by=section&fields=key,parts.label")["data"][0]) == {
        "key",
        "parts",
    }


def test_weeks_at_the_end_of_a_year_belong_to_one_bucket(database: Database) -> None:
    for day in ("2024-12-29", "2024-12-30", "2025-01-05", "2025-01-06"):
        take_in(database, document(day, item(f"甲 {day}")), f"{day}.md")
    page = grouped(database, "week", sort="key")
    assert [(bucket.key, bucket.count) for bucket in page] == [
        ("2024-12-23", 1),
        ("2024-12-30", 2),
        ("2025-01-06", 1),
    ]
    assert page[1].label == "2025-W01 (2024-12-30 – 2025-01-05)"


def test_entries_without_a_value_have_a_bucket(database: Database) -> None:
    take_in(
        database,
        document(
            "2026-01-02",
            item("有", entities="Zorbex", importance="⁇", sources="[x](https://a.com/x)"),
            item("無"),
            tags="none",
        ),
    )
    take_in(database, document("2026-01-03", item("亦無", importance="高")), "b.md")
    assert {bucket.key: bucket.count for bucket in grouped(database, "importance")} == {
        "high": 1,
        "unknown": 1,
        "none": 1,
    }
    page = {
        (bucket.key, bucket.parts[0].missing): (bucket.count, bucket.url)
        for bucket in grouped(database, "tag")
    }
    assert page == {
        ("none", False): (2, "/v1/items?tag=none"),
        ("none", True): (1, "/v1/items?has=%21tags"),
    }
    for by in ("entity", "entity_type", "publisher", "source_status", "keyword"):
        (gone,) = (bucket for bucket in grouped(database, by) if bucket.parts[0].missing)
        with database.read() as session:
            query = parse_qs(urlsplit(gone.url).query)
            assert (
                items.find(session, ItemList.model_validate(query), None).rows.total == gone.count
            )


def test_the_address_of_an_odd_name_finds_it(database: Database) -> None:
    """Tags with equal slugs, names or keys, or with symbols of the filter syntax."""
    tags = ["C", "C++", "C#", "!x", "a|b", "ab", "A B", "a-b", "x", "\\\\", "日本 語"]
    for number, tag in enumerate(tags):
        take_in(
            database,
            document(f"2026-01-{number + 1:02}", item(f"甲 {number}"), tags=f"'{tag}'"),
            f"{number}.md",
        )
    page = grouped(database, "tag")
    assert sum(bucket.count for bucket in page) == len(tags)
    for bucket in page:
        with database.read() as session:
            listing = items.find(
                session, ItemList.model_validate(parse_qs(urlsplit(bucket.url).query)), None
            )
        assert listing.rows.total == bucket.count, bucket


def test_a_member_counts_for_the_head_of_its_family(seeded: Database) -> None:
    alone = {
        bucket.label: bucket.count
        for bucket in grouped(seeded, "entity", entity=["Qwen"], family=True)
    }
    assert alone["Qwen"] == max(alone.values())
    members = {bucket.label for bucket in grouped(seeded, "entity", entity=["Qwen"], family=True)}
    assert members >= {bucket.label for bucket in grouped(seeded, "entity", entity=["Qwen"])}


@pytest.mark.parametrize("of", ["items", "briefings"])
@pytest.mark.parametrize("rollup", ["", "&rollup=family", "&rollup=all"])
def test_buckets_of_entities_are_of_the_types_asked_for(
    client: TestClient, of: str, rollup: str
) -> None:
    everything = get(client, f"/v1/{of}?group_by=entity&limit=100{rollup}")["meta"]["total"]
    for types, expected in (
        ("&entity_type=model", {"model"}),
        ("&entity_type=model|chip", {"model", "chip"}),
        ("&entity_type=model&entity_type=!chip", {"model"}),
    ):
        page = get(client, f"/v1/{of}?group_by=entity&limit=100{types}{rollup}")
        assert page["meta"]["total"] < everything
        for bucket in page["data"][:40]:
            entity = get(client, f"/v1/entities/{bucket['key']}")
            assert entity["type"] in expected
    facets = get(client, f"/v1/{of}?facets=entity&entity_type=model{rollup}")["meta"]["facets"]
    for bucket in facets["entity"]:
        assert get(client, f"/v1/entities/{bucket['key']}")["type"] == "model"


def test_the_days_of_a_bucket_are_narrowed_never_widened(client: TestClient) -> None:
    (bucket,) = get(client, f"/v1/items?group_by=month&from={NEWER}&to=2026-03-01")["data"]
    assert parse_qs(urlsplit(bucket["url"]).query) == {"from": [NEWER], "to": ["2025-12-31"]}


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("items?group_by=sektion", "There is no dimension 'sektion' here; did you mean section"),
        ("items?group_by=section,kind,importance", "takes at most 2 dimensions, 3 are given"),
        ("items?group_by=", "group_by names no dimension"),
        ("items?group_by=,", "group_by names no dimension"),
        ("items?group_by=section&sort=title", "sort: 'title' is not valid"),
        (
            "entities?group_by=section",
            "There is no dimension 'section' here; expected one of: entity_type",
        ),
        ("items?facets=sektion", "did you mean section"),
        ("tags?group_by=kind", "this parameter does not exist"),
        ("items?group_by=section&cursor=x", "Invalid cursor"),
        ("items?group_by=section&fields=title", "fields: 'title' is not valid"),
    ],
)
def test_unknown_dimensions_and_keys_are_refused(
    client: TestClient, query: str, detail: str
) -> None:
    answer = client.get(f"/v1/{query}")
    assert answer.status_code == 400
    assert detail in answer.json()["detail"]
    assert answer.json()["errors"][0]["parameter"] in (
        "group_by",
        "sort",
        "facets",
        "cursor",
        "fields",
    )


def test_a_parameter_repeated_too_often_is_refused(seeded: Database) -> None:
    with pytest.raises(BadRequest, match="the value of a bucket cannot be added"):
        grouped(seeded, "importance", importance=["high|medium"] * 16)
    assert grouped(seeded, "importance", importance=["high"] * 16)[0].url.count("importance=") == 16
