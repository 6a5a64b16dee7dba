import pytest

from app.parse.draft import FrontMatter, ListedEntity
from app.parse.metadata import Metadata


def test_keys_are_compared_without_case_and_hyphens() -> None:
    values = {"Title": "甲", "pub-date": "2026-01-02", "Tags": ["on", "5G"], "DRAFT": "true"}
    metadata = Metadata(FrontMatter(values))
    assert metadata.title == "甲"
    assert metadata.date == "2026-01-02"
    assert metadata.tags == ("on", "5G")
    assert metadata.is_draft


@pytest.mark.parametrize(
    "key", ["date", "pubDate", "publishDate", "published", "created", "brief_date", "day"]
)
def test_a_date_is_read_from_every_usual_key(key: str) -> None:
    assert Metadata(FrontMatter({key: "2026-01-02"})).date == "2026-01-02"


def test_published_false_is_a_draft_and_no_date() -> None:
    metadata = Metadata(FrontMatter({"published": "false", "created": "2026-01-02"}))
    assert metadata.is_draft
    assert metadata.date == "2026-01-02"
    assert not Metadata(FrontMatter({"published": "2026-01-02"})).is_draft


def test_taxonomies_categories_and_listed_entities() -> None:
    values = {
        "taxonomies": {"tags": ["a"], "categories": ["b"]},
        "companies": ["星河科技", "[[晨光雲]]"],
        "people": "Jane Roe, Sam Poe",
    }
    metadata = Metadata(FrontMatter(values))
    assert metadata.tags == ("a",)
    assert metadata.categories == ("b",)
    assert metadata.entities == (
        ListedEntity("星河科技", "companies"),
        ListedEntity("晨光雲", "companies"),
        ListedEntity("Jane Roe", "people"),
        ListedEntity("Sam Poe", "people"),
    )


def test_only_a_whole_address_is_a_base() -> None:
    assert Metadata(FrontMatter({"permalink": "/a/"})).base is None
    assert Metadata(FrontMatter({"url": "https://a.example/b/"})).base == "https://a.example/b/"


def test_words_of_a_list_in_jekyll_are_separated_by_spaces() -> None:
    jekyll = Metadata(FrontMatter({"layout": "post", "categories": "ai daily", "tags": "a b"}))
    assert (jekyll.categories, jekyll.tags) == (("ai", "daily"), ("a", "b"))
    assert Metadata(FrontMatter({"categories": "AI Daily"})).categories == ("AI Daily",)
