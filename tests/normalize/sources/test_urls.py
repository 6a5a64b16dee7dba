from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.sources.urls import MAX_URL_CHARS, identify, normalise_url

DAY = date(2025, 12, 23)
URLISH = st.text(alphabet="htps:/.?#&=%[]@0249eE+;,中İß\\ \t\n\x1b~|-_xn⒈¨")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("HTTP://Example.COM/Path/", "https://example.com/Path"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:443/a#part", "https://example.com/a"),
        ("http://example.com:80/a", "https://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com/a?utm_source=x&id=7&fbclid=y", "https://example.com/a?id=7"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
        ("https://github.com/a/b?ref=v1&utm_medium=m", "https://github.com/a/b?ref=v1"),
        ("https://example.com/中文?q=中", "https://example.com/%E4%B8%AD%E6%96%87?q=%E4%B8%AD"),
        ("https://例え.jp/", "https://xn--r8jz45g.jp/"),
        ("https://example.com/a/./b/../", "https://example.com/a"),
        ("https://example.com/Foo_(bar)", "https://example.com/Foo_(bar)"),
        ("https://[::1]/a", "https://[::1]/a"),
        ("not a url", None),
        ("https://", None),
        ("https://.", None),
        ("https://a\\b.com/", None),
        ("https://a.com:port/", None),
        ("https://[::1/", None),
    ],
)
def test_normalise(written: str, url: str | None) -> None:
    assert normalise_url(written) == url


def test_queries_that_are_not_utf8_stay_different() -> None:
    assert normalise_url("https://a.com/?q=%C4%E3&utm_source=x") == "https://a.com/?q=%C4%E3"
    assert normalise_url("https://a.com/?q=%BA%C3") == "https://a.com/?q=%BA%C3"


def test_a_host_of_more_than_253_characters_is_invalid() -> None:
    assert normalise_url("https://" + "a." * 120 + "com/")
    assert normalise_url("https://" + "a." * 127 + "com/") is None


@given(
    st.one_of(
        st.text(), URLISH, URLISH.map("https://a.com/".__add__), URLISH.map("http://".__add__)
    )
)
def test_normalising_twice_changes_nothing(url: str) -> None:
    once = normalise_url(url)
    assert once is None or normalise_url(once) == once


@given(
    st.none() | st.text() | URLISH, st.none() | st.text() | URLISH | URLISH.map("https://".__add__)
)
def test_every_source_has_an_identity(label: str | None, target: str | None) -> None:
    identity = identify(label, target, DAY)
    assert (identity.key is None) == (identity.status == "placeholder")
    assert identity.publisher is None or 0 < len(identity.publisher) <= 253


@pytest.mark.parametrize(
    ("label", "target", "status", "key"),
    [
        ("Paper", "https://arxiv.org/abs/2507.17860", "arxiv", "arxiv:2507.17860"),
        ("Paper", "arXiv:2507.17860", "arxiv", "arxiv:2507.17860"),
        (None, "arXiv: 2507.17860v2 [cs.CV]", "arxiv", "arxiv:2507.17860"),
        (None, "hep-th/9901001", "arxiv", "arxiv:hep-th/9901001"),
        (None, "https://doi.org/10.48550/arXiv.2507.17860", "arxiv", "arxiv:2507.17860"),
        (None, "10.48550/arXiv.2507.17860", "arxiv", "arxiv:2507.17860"),
        (None, "http://export.arxiv.org/pdf/2507.17860v3.pdf", "arxiv", "arxiv:2507.17860"),
        ("arXiv:2507.17860", "#", "inferred", "arxiv:2507.17860"),
        ("x", "1", "placeholder", None),
        ("x", "#", "placeholder", None),
        ("x", "#part", "placeholder", None),
        ("x", "", "placeholder", None),
        ("x", "N/A", "placeholder", None),
        (None, "無", "placeholder", None),
        (None, "qbitai_363544_2025-12-22", "opaque", "text:qbitai_363544_2025-12-22"),
        ("Company blog", None, "opaque", "text:company blog"),
        ("README", "readme.md", "opaque", "text:readme.md"),
        ("Mail", "mailto:a@b.c", "opaque", "text:mailto:a@b.c"),
        (None, "www.example.edu/a", "inferred", "url:https://www.example.edu/a"),
        (
            None,
            "doi:10.1038/s41586-020-2649-2",
            "inferred",
            "url:https://doi.org/10.1038/s41586-020-2649-2",
        ),
        ("x", "https://openai.com/a?utm_source=n", "ok", "url:https://openai.com/a"),
        ("x", "https://openai.com/a?b=1&amp;c=2", "ok", "url:https://openai.com/a?b=1&c=2"),
        ("x", "javascript:alert(1)", "suspicious", "text:javascript:alert(1)"),
        ("x", "https://example.com/a", "suspicious", "url:https://example.com/a"),
        ("x", "https://news.com/2026/05/01/a", "suspicious", "url:https://news.com/2026/05/01/a"),
        ("x", "https://user:pw@news.com/a", "suspicious", "url:https://user@news.com/a"),
        ("x", "https://localhost/a", "suspicious", "url:https://localhost/a"),
        ("x", "arXiv:2607.00001", "suspicious", "arxiv:2607.00001"),
    ],
)
def test_forms(label: str | None, target: str | None, status: str, key: str | None) -> None:
    identity = identify(label, target, DAY)
    assert (identity.status, identity.key) == (status, key)
    assert bool(identity.reason) or status in ("ok", "arxiv")


def test_a_paper_is_linked_without_version_and_keeps_it() -> None:
    identity = identify("Some paper (arXiv:2507.17860v2)", "https://arxiv.org/abs/2507.17860", DAY)
    assert (identity.url, identity.arxiv_id, identity.arxiv_version) == (
        "https://arxiv.org/abs/2507.17860",
        "2507.17860",
        2,
    )


def test_the_id_of_an_old_paper_begins_with_its_archive() -> None:
    assert identify(None, "math.GT/0309136", DAY).arxiv_id == "math/0309136"


def test_tracking_parameters_make_no_other_source() -> None:
    assert (
        identify("a", "https://a.com/x/?utm_campaign=1#top").key
        == identify("b", "http://A.com/x").key
    )


def test_a_target_over_the_limit_is_text() -> None:
    identity = identify("x", "https://a.com/" + "a" * MAX_URL_CHARS)
    assert (identity.status, identity.url) == ("opaque", None)
