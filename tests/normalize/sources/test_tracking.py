"""Parameters that only track, and hosts that are one."""

import pytest

from app.normalize.sources.tracking import tracking_rules
from app.normalize.sources.urls import identify, normalise_url


@pytest.mark.parametrize(
    ("tracked", "plain"),
    [
        (
            "https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=2&sn=a&chksm=f&scene=27#wechat_redirect",
            "https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=2&sn=a",
        ),
        ("https://mp.weixin.qq.com/s/AbC?scene=1&sessionid=2", "https://mp.weixin.qq.com/s/AbC"),
        ("https://x.com/a/status/1?s=20&t=xx", "https://x.com/a/status/1"),
        ("https://twitter.com/a/status/1?s=46", "https://x.com/a/status/1"),
        ("https://mobile.twitter.com/a/status/1", "https://x.com/a/status/1"),
        ("https://www.twitter.com/a/status/1", "https://x.com/a/status/1"),
        (
            "https://www.bilibili.com/video/BV1?spm_id_from=333.1&vd_source=a&p=2",
            "https://www.bilibili.com/video/BV1?p=2",
        ),
        ("https://m.bilibili.com/video/BV1", "https://www.bilibili.com/video/BV1"),
        ("https://foo.substack.com/p/x?r=1a&utm_source=y", "https://foo.substack.com/p/x"),
        ("https://shop.com/a?srsltid=AfmB&id=3", "https://shop.com/a?id=3"),
        ("https://youtu.be/abc?si=xyz&t=5", "https://youtu.be/abc?t=5"),
        ("https://medium.com/@a/b?source=rss", "https://medium.com/@a/b"),
        ("https://weibo.com/1/abc?refer_flag=1001", "https://weibo.com/1/abc"),
        ("https://www.reddit.com/r/a/?share_id=q", "https://www.reddit.com/r/a"),
        ("https://a.com/?UTM_Campaign=x", "https://a.com/"),
        ("https://dx.doi.org/10.1038/S41586-024-1", "https://doi.org/10.1038/s41586-024-1"),
        ("https://doi.org/10.1145%2F3292500", "https://doi.org/10.1145/3292500"),
        ("https://xcancel.com/a/status/1?s=20", "https://x.com/a/status/1"),
        ("https://x.com/a/status/1/photo/2?t=q", "https://x.com/a/status/1"),
        ("https://twitter.com/i/web/status/1", "https://x.com/i/status/1"),
        ("https://open.substack.com/pub/foo/p/x?r=1a", "https://foo.substack.com/p/x"),
        ("https://www.threads.net/@a/post/C1", "https://www.threads.com/@a/post/C1"),
        ("https://weibo.com/1/abc?type=comment", "https://weibo.com/1/abc"),
    ],
)
def test_one_page_is_one_source(tracked: str, plain: str) -> None:
    assert normalise_url(tracked) == normalise_url(plain)
    assert identify(None, tracked).key == identify(None, plain).key


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("https://github.com/a/b/blob/x?ref=main", "https://github.com/a/b/blob/x?ref=dev"),
        ("https://gitlab.com/a/b?ref=main", "https://gitlab.com/a/b?ref=dev"),
        ("https://codeberg.org/a/b?ref=main", "https://codeberg.org/a/b?ref=dev"),
        ("https://gitee.com/a/b?ref=main", "https://gitee.com/a/b?ref=dev"),
        ("https://gitlab.gnome.org/a/-/raw/b?ref=v1", "https://gitlab.gnome.org/a/-/raw/b?ref=v2"),
        ("https://git.company.io/a/src?ref=main", "https://git.company.io/a/src?ref=dev"),
        ("https://unknown.com/a?si=3", "https://unknown.com/a?si=4"),
        ("https://unknown.com/a?s=3", "https://unknown.com/a?s=4"),
        ("https://unknown.com/a?t=3", "https://unknown.com/a?t=4"),
        ("https://unknown.com/a?r=3", "https://unknown.com/a?r=4"),
        ("https://unknown.com/a?scene=3", "https://unknown.com/a?scene=4"),
        ("https://faß.de/", "https://fass.de/"),
        ("https://www.straße.de/a", "https://www.strasse.de/a"),
        ("https://forum.example.org/#/topic/17", "https://forum.example.org/#/topic/18"),
        ("https://a.com/forum/#!topic/lang/abc", "https://a.com/forum/#!topic/lang/abd"),
        ("https://a.com/#/", "https://a.com/#/x"),
        ("https://a.com/app#!/item/1", "https://a.com/app#!/item/2"),
    ],
)
def test_a_parameter_or_a_route_with_a_meaning_stays(left: str, right: str) -> None:
    assert normalise_url(left) != normalise_url(right)


@pytest.mark.parametrize(
    "fragment", ["part", "section-2", "", "L10", "wechat_redirect", ":~:text=a"]
)
def test_a_fragment_that_does_not_route_is_dropped(fragment: str) -> None:
    assert normalise_url(f"https://a.com/x#{fragment}") == "https://a.com/x"


@pytest.mark.parametrize(
    "target",
    [
        "https://doi.org/10.48550/arXiv.2507.17860/",
        "https://arxiv.org/abs/arXiv:2507.17860",
        "https://dx.doi.org/10.48550/ARXIV.2507.17860",
        "doi.org/10.48550/arXiv.2507.17860",
        "doi:10.48550/arXiv.2507.17860",
        "arXiv:arXiv:2507.17860",
        "https://www.arxiv.org/pdf/arXiv:2507.17860",
        "https://doi.org/10.48550/arXiv.2507.17860?x=1",
    ],
)
def test_an_arxiv_paper_is_one_however_written(target: str) -> None:
    identity = identify("Paper", target)
    assert (identity.status, identity.key) == ("arxiv", "arxiv:2507.17860")


def test_the_case_of_a_doi_has_no_meaning() -> None:
    assert (
        identify(None, "10.1145/ABC.DEF").key
        == identify(None, "https://doi.org/10.1145/abc.def").key
    )


def test_rules_of_a_host_hold_on_its_subdomains_only() -> None:
    rules = tracking_rules()
    assert rules.tracks("scene", "mp.weixin.qq.com")
    assert not rules.tracks("scene", "qq.com")
    assert rules.tracks("utm_x", "anything.org")
    assert not rules.tracks("ref", "www.github.com")
    assert rules.host("www.twitter.com") == "x.com"
    assert rules.host("nottwitter.com") == "nottwitter.com"
