"""A day of news on loopback: feeds of every kind, in three languages, good ones and bad ones."""

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DAY = datetime(2026, 6, 2, 6, 45, tzinfo=UTC) - timedelta(hours=8)
"""The end of the window: 2 June 2026, 06:45 in Taipei."""
LANGUAGES = ("zh-Hant", "zh-Hans", "en")

# (name in Chinese, in simplified Chinese, in English)
SUBJECTS = (
    *(("OpenAI", "OpenAI", "OpenAI"), ("輝達", "英伟达", "NVIDIA"), ("台積電", "台积电", "TSMC")),
    *(
        ("微軟", "微软", "Microsoft"),
        ("谷歌", "谷歌", "Google"),
        ("阿里巴巴", "阿里巴巴", "Alibaba"),
    ),
    *(("華為", "华为", "Huawei"), ("蘋果公司", "苹果公司", "Apple"), ("Meta", "Meta", "Meta")),
    *(("特斯拉", "特斯拉", "Tesla"), ("亞馬遜公司", "亚马逊公司", "Amazon")),
    *(("Anthropic", "Anthropic", "Anthropic"), ("英特爾", "英特尔", "Intel")),
    *(("騰訊", "腾讯", "Tencent"), ("百度公司", "百度公司", "Baidu")),
)
EVENTS = (
    (
        "發布代號「{code}」的新款語音模型，延遲降到 {n} 毫秒",
        "推出代号“{code}”的语音新模型，延迟只有 {n} 毫秒",
        "launches {code}, a speech model with {n} ms latency",
    ),
    (
        "擬以 {n} 億美元收購資安新創 {code}",
        "计划斥资 {n} 亿美元收购安全公司 {code}",
        "plans to acquire security startup {code} for ${n}00 million",
    ),
    (
        "因訓練資料版權遭 {code} 出版社起訴，求償 {n} 萬美元",
        "被 {code} 出版社告上法庭，索赔 {n} 万美元",
        "is sued by publisher {code} over training data, which seeks ${n}0,000",
    ),
    (
        "與醫療集團 {code} 合作，{n} 家醫院導入病歷助理",
        "携手医疗集团 {code}，{n} 家医院用上病历助手",
        "partners with hospital group {code} to bring a records assistant to {n} clinics",
    ),
    (
        "開源 {code} 推理框架，吞吐量提升 {n}%",
        "开源推理框架 {code}，吞吐提高 {n}%",
        "open-sources inference framework {code}, throughput up {n} percent",
    ),
)
BODIES = (
    "{title}。{subject}在說明會上表示，{code} 團隊過去一年專注於這項工作，並已完成內部測試。"
    "負責人指出，第一階段涵蓋 {n} 個據點，預計下一季擴大規模。分析師認為，{code} 的成敗取決於成本。"
    "{subject}沒有透露其他客戶名單，但承諾在年底前公布 {code} 的完整數據。",
    "{title}。{subject}方面介绍，{code} 项目由三个部门共同推进，目前已经进入交付阶段。"
    "业内人士称，{n} 这个数字高于预期。{subject}还表示会继续公开 {code} 的进展，并接受第三方评估。",
    "{subject} {title}. The company said the {code} effort took a year and passed internal review. "
    "A spokesperson put the first phase at {n} sites, with more to follow next quarter. "
    "Analysts warned that costs could decide whether {code} succeeds. "
    "{subject} did not name other customers but promised full figures for {code} this year.",
)


@dataclass(frozen=True)
class WrittenArticle:
    """An article of the day; `event` is its topic."""

    event: int
    language: str
    path: str
    title: str
    text: str
    published: datetime


def articles(events: int = 75) -> list[WrittenArticle]:
    """Return three articles an event, one in each language."""
    result = []
    for event in range(events):
        subject = SUBJECTS[event % len(SUBJECTS)]
        kind = EVENTS[(event // len(SUBJECTS)) % len(EVENTS)]
        code = (
            f"{'ZQVXKJWYTRPLM'[event % 13]}{'aeiou'[event % 5]}r{'vbnmk'[event // 15 % 5]}o{event}"
        )
        for place, language in enumerate(LANGUAGES):
            values = {"code": code, "n": 12 + event, "subject": subject[place]}
            title = kind[place].format(**values)
            text = BODIES[place].format(title=title, **values)
            published = DAY - timedelta(minutes=20 + event * 15 + place)
            gap = " " if language == "en" else ""
            path = f"/{language}/{event}"
            headline = f"{subject[place]}{gap}{title}"
            result.append(WrittenArticle(event, language, path, headline, text, published))
    return result


@dataclass
class Site:
    """Pages of a server by path: a function of the request's headers, or bytes with a type."""

    pages: dict[str, Any] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    home: str = ""


Answer = tuple[int, dict[str, str], bytes]
Page = Callable[[dict[str, str]], Answer]


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve a site on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.hits[self.path] += 1
            page = site.pages.get(self.path)
            if page is None:
                self.send_error(404)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, fields, body = page(headers) if callable(page) else (200, {}, page)
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    site.home = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def page(article: WrittenArticle) -> bytes:
    """Return the web page of an article."""
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in article.text.split("\n"))
    return (
        f"<html><head><title>{escape(article.title)}</title></head><body><nav><a href='/'>Home</a>"
        f"</nav><article><h1>{escape(article.title)}</h1>{paragraphs}</article></body></html>"
    ).encode()


def rss(entries: list[WrittenArticle], home: str, *, whole: bool) -> bytes:
    """Return an RSS feed, with whole texts or with a line each."""
    items = []
    for entry in entries:
        text = entry.text if whole else entry.title
        items.append(
            f"<item><title>{escape(entry.title)}</title><link>{home}{entry.path}</link>"
            f"<guid isPermaLink='false'>{entry.path}</guid>"
            f"<pubDate>{format_datetime(entry.published)}</pubDate>"
            f"<description>{escape(f'<p>{escape(text)}</p>')}</description></item>"
        )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Feed</title>"
        f"<link>{home}</link>{''.join(items)}</channel></rss>"
    ).encode()


def atom(entries: list[WrittenArticle], home: str) -> bytes:
    """Return an Atom feed with relative links."""
    items = []
    for entry in entries:
        items.append(
            f"<entry><title>{escape(entry.title)}</title><link href='{entry.path}'/>"
            f"<id>tag:feed,2026:{entry.path}</id><updated>{entry.published.isoformat()}</updated>"
            f"<content type='text'>{escape(entry.text)}</content></entry>"
        )
    return (
        "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Atom</title>"
        f"<id>{home}</id><updated>2026-06-02T00:00:00Z</updated>{''.join(items)}</feed>"
    ).encode()


def json_feed(entries: list[WrittenArticle], home: str) -> bytes:
    """Return a JSON Feed."""
    items = []
    for entry in entries:
        items.append(
            {
                "id": entry.path,
                "url": home + entry.path,
                "title": entry.title,
                "content_text": entry.text,
                "date_published": entry.published.isoformat(),
            }
        )
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "JSON", "items": items}
    return json.dumps(feed, ensure_ascii=False).encode()


def day(events: int = 75, *, slow_seconds: float = 0.2) -> tuple[Site, list[WrittenArticle]]:
    """Return a site of 20 feeds: 15 with the articles of a day, 5 that go wrong.

    The addresses of pages are known once the site is served: call `publish` then.
    """
    return Site(), articles(events)


def publish(site: Site, entries: list[WrittenArticle], *, slow_seconds: float = 0.2) -> bytes:
    """Fill a served site with the feeds; return the OPML list of them."""
    home = site.home
    for entry in entries:
        site.pages[entry.path] = page(entry)
    paths = []
    for number in range(15):
        part = entries[number::15]
        writer = number % 4
        path = f"/feed/{number}"
        body = rss(part, home, whole=True)
        if writer == 1:
            body = atom(part, home)
        if writer == 2:
            body = json_feed(part, home)
        if writer == 3:
            body = rss(part, home, whole=False)
        site.pages[path] = _conditional(body)
        paths.append(path)

    def slow(headers: dict[str, str]) -> Answer:
        time.sleep(slow_seconds)
        return 200, {}, rss(entries[:5], home, whole=True)

    site.pages["/feed/slow"] = slow
    site.pages["/feed/broken"] = b"<html><body>This is no feed.</body></html>"
    site.pages["/feed/huge"] = gzip.compress(b"<rss>" + b" " * 9_000_000 + b"</rss>")
    site.pages["/feed/moved"] = lambda headers: (301, {"Location": "/feed/0"}, b"")
    lying = [*entries[:3]]
    late = [
        WrittenArticle(*(entry.event, entry.language), entry.path, entry.title, entry.text, _LATER)
        for entry in lying
    ]
    site.pages["/feed/lying"] = lambda headers: (
        200,
        {"Content-Type": "image/png", "Content-Encoding": "gzip"},
        rss(late, home, whole=True),
    )
    paths += ["/feed/slow", "/feed/broken", "/feed/huge", "/feed/moved", "/feed/lying"]
    outlines = "".join(
        f"<outline type='rss' text='{path}' xmlUrl='{home}{path}' authority='0.{5 + number % 5}'/>"
        for number, path in enumerate(paths)
    )
    return f"<opml version='2.0'><head/><body>{outlines}</body></opml>".encode()


_LATER = datetime(2099, 1, 1, tzinfo=UTC)


def _conditional(body: bytes) -> Page:
    tag = f'"{len(body)}"'

    def answer(headers: dict[str, str]) -> Answer:
        if headers.get("if-none-match") == tag:
            return 304, {"ETag": tag}, b""
        return 200, {"ETag": tag}, body

    return answer
