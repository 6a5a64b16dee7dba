import pytest

from app.normalize.sources.publishers import publisher_domain, publisher_name


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.Reuters.com", "reuters.com"),
        ("m.36kr.com", "36kr.com"),
        ("amp.cnn.com.", "cnn.com"),
        ("ai.meta.com", "ai.meta.com"),
        ("m.co", "m.co"),
        ("www.com", "www.com"),
        ("", None),
    ],
)
def test_domain(host: str, domain: str | None) -> None:
    assert publisher_domain(host) == domain


def test_name() -> None:
    assert publisher_name("36kr.com") == "36氪"
    assert publisher_name("blog.nobody.dev") == "blog.nobody.dev"
