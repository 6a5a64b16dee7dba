"""Pages of the explorer: whole, safe, cached, in three languages, with the numbers of the API."""

import csv
import re
from collections.abc import Callable
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from app.store.db import Database
from tests.conftest import client_of, take_in
from tests.documents import document, item

DAY = "/days/2025-12-23"
ENTITY = "/entities/" + "OpenAI"
PAGES = (
    "/",
    "/days",
    DAY,
    f"{DAY}/lines?first=23&last=41",
    "/search",
    "/search?q=Qwen",
    "/search?q=Qwen&type=entities",
    "/search?entity=OpenAI",
    "/entities",
    "/trends?baseline=60",
    "/threads",
    "/watchlist",
    "/quality",
    "/quality/2025-12-23",
    "/bench",
    "/desk",
)


def entity_path(client: TestClient, name: str = "OpenAI") -> str:
    """Return the path of the page of an entity."""
    return str(client.get(f"/entities/{name}").headers["location"])


def texts(html: str) -> str:
    """Return the text of a page."""
    return unescape(re.sub(r"<[^>]*>", " ", html))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_runs_nothing_inline(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    html = answer.text
    assert html.startswith("<!doctype html>")
    assert html.count("<h1") == 1
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    scripts = re.findall(r"<script([^>]*)>", html)
    assert all("src=" in script or "ld+json" in script for script in scripts)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)
    for address in re.findall(
        r'<(?:script|img|link rel="stylesheet")[^>]*(?:src|href)="([^"]*)"', html
    ):
        assert not re.match(r"(?:[a-z]+:)?//", address), address


@pytest.mark.parametrize(
    ("lang", "word"), [("zh-Hant", "觀察清單"), ("zh-Hans", "观察清单"), ("en", "Watch list")]
)
def test_the_interface_speaks_three_languages(client: TestClient, lang: str, word: str) -> None:
    html = client.get(f"{DAY}?lang={lang}").text
    assert f'<html lang="{lang}">' in html
    assert word in html
    # Links keep the language that was asked for.
    assert f'href="/trends?lang={lang}"' in html
    assert word in client.get(DAY, headers={"Accept-Language": lang}).text


def test_the_first_page_is_the_latest_day(client: TestClient) -> None:
    latest = client.get("/v1/briefings/latest").json()
    html = client.get("/").text
    assert latest["title"] in unescape(html)
    assert f'rel="prev" href="/days/{latest["links"]["prev"].rpartition("/")[2]}"' in html
    for section in latest["sections"]:
        for entry in section["items"]:
            assert f'id="{entry["id"]}"' in html
            assert f"第 {entry['lines']['first']}–{entry['lines']['last']} 行" in html


def test_numbers_of_a_day_are_those_of_the_api(client: TestClient) -> None:
    counts = client.get("/v1/briefings/2025-12-23?fields=counts").json()["counts"]
    text = texts(client.get(f"{DAY}?lang=en").text)
    assert f"{counts['items']} items" in text
    assert f"{counts['sources']} sources" in text
    assert f"{counts['entities']} names on entity lines" in text


def test_numbers_of_an_entity_are_those_of_the_api(client: TestClient) -> None:
    page = entity_path(client)
    entity = client.get(f"/v1{page}").json()
    html = client.get(page).text
    for name, count in entity["counts"].items():
        assert f'data-count="{name}">{count}<' in html
    related = client.get(f"/v1{page}/related?limit=24").json()["data"]
    for other in related:
        row = re.search(rf'<tr><th scope="row"><a href="/entities/{other["id"]}.*?</tr>', html)
        assert row
        cells = [re.sub("<[^>]*>", "", cell) for cell in row[0].split("</td>")[1:4]]
        assert cells == [str(other["count"]), str(other["expected"]), str(other["g2"])]


def test_numbers_of_a_search_are_those_of_the_api(client: TestClient) -> None:
    answer = client.get("/v1/search?q=Qwen&type=items").json()
    html = client.get("/search?q=Qwen").text
    for name, count in answer["counts"].items():
        assert f'data-count="{name}">{count}<' in html
    items = client.get("/v1/items?q=Qwen&sort=relevance").json()["data"]
    titles = [html.index(f"/items/{entry['id']}") for entry in items]
    assert titles == sorted(titles)
    assert "<mark>Qwen</mark>" in html


def test_numbers_of_trends_are_those_of_the_api(client: TestClient) -> None:
    answer = client.get("/v1/trends?baseline=60&direction=rising&limit=20").json()
    html = client.get("/trends?baseline=60").text
    assert f'data-count="window">{answer["window"]["items"]}<' in html
    for entry in answer["data"]:
        row = re.search(rf"<tr>(?:(?!</tr>).)*/entities/{entry['id']}.*?</tr>", html)
        assert row
        cells = [re.sub("<[^>]*>", "", cell) for cell in re.split("</t[dh]>", row[0])]
        is_strong = abs(entry["residual"]) >= 2
        assert cells[0] == f"{entry['residual']}" + ("≥ 2" if is_strong else "")
        numbers = [str(entry["items"]), str(entry["baseline"]), str(entry["expected"])]
        assert cells[2:5] == numbers


def test_a_timeline_shows_gaps_and_compares(client: TestClient) -> None:
    page = entity_path(client)
    html = client.get(f"{page}?compare=Qwen,NVIDIA").text
    assert html.count('<g class="series') == 3
    assert 'class="gap"' in html
    api = unescape(re.findall(r'href="(/v1/timelines[^"]*)"', html)[0])
    answer = client.get(api).json()
    for index, series in enumerate(answer["series"]):
        group = html.split(f'<g class="series s{index}">')[1].split("</g>")[0]
        bars = [int(count) for count in re.findall(r": (\d+)</title>", group)]
        assert bars == [point["items"] for point in series["points"] if point["items"]]
    too_many = client.get(f"{page}?compare=Qwen,NVIDIA,a,b,c&lang=en")
    assert too_many.status_code == 200
    assert "expected at most 4" in texts(too_many.text)
    assert too_many.text.count('<g class="series') == 3


def test_a_comparison_is_linked_as_csv(client: TestClient) -> None:
    page = entity_path(client)
    html = client.get(f"{page}?compare=Qwen&interval=week").text
    address = unescape(re.findall(r'href="(/v1/exports/timelines\.csv[^"]*)"', html)[0])
    rows = list(csv.DictReader(client.get(address).text.splitlines()))
    api = unescape(re.findall(r'href="(/v1/timelines[^"]*)"', html)[0])
    expected = []
    answer = client.get(api).json()
    for series in answer["series"]:
        for interval, point in zip(answer["axis"], series["points"], strict=True):
            if point["mentions"]:
                expected.append((series["entity"]["id"], interval["start"], str(point["items"])))
    assert [(row["entity"], row["start"], row["items"]) for row in rows] == expected
    assert len({row["entity"] for row in rows}) == 2


def test_a_timeline_starts_with_the_first_mention(client: TestClient) -> None:
    first = client.get(f"/v1{entity_path(client, 'Qwen')}").json()["first_seen"]
    html = client.get(f"{entity_path(client, 'Qwen')}?interval=day").text
    assert f'data-starts="{first}' in html
    assert f"from={first}" in unescape(html)


def test_parts_of_an_entity_follow_the_period(client: TestClient) -> None:
    page = entity_path(client)
    days = "from=2025-12-01&to=2025-12-31"
    html = client.get(f"{page}?{days}").text
    related = client.get(f"/v1{page}/related?{days}&limit=24").json()["data"]
    for other in related:
        assert f"/entities/{other['id']}" in html
    total = client.get(f"/v1{page}/items?{days}").json()["meta"]["total"]
    assert f'最新項目 <span class="quiet">{total}<' in html
    assert html.count("期間：2025-12-01 至 2025-12-31") == 2


def test_an_entity_and_an_item_are_cited_on_their_pages(client: TestClient) -> None:
    page = entity_path(client)
    entity = client.get(f"/v1{page}").json()
    first = client.get(f"/v1{page}/items?sort=date&limit=1").json()["data"][0]
    html = client.get(page).text
    head = html.partition("</header>\n<dl>")[0]
    assert f'首次提及：<a href="/items/{first["id"]}">' in head
    assert 'href="#cite"' in head
    for path in (page, f"/items/{first['id']}"):
        html = client.get(path).text
        day = re.findall(r'data-accessed="([\d-]+)"', html)[0]
        for format_ in ("apa", "gbt7714", "bibtex"):
            text = client.get(f"/v1{path}?format={format_}&accessed={day}").text.strip()
            assert text in unescape(html)
        assert f">http://testserver{path}<" in html
    assert entity["id"] in page


def test_filters_of_a_search_are_named(client: TestClient) -> None:
    entity = client.get(f"/v1{entity_path(client)}").json()["id"]
    html = client.get(f"/search?entity={entity}|Qwen&from=2025-12-01&section=!research").text
    chips = re.findall(r'<a class="chip" href="([^"]*)">([^<]*) <span aria', html)
    assert [label for _, label in chips] == [
        "名稱: OpenAI / 通義千問",
        "自: 2025-12-01",
        "版塊: ≠ 研究",
    ]
    assert unescape(chips[1][0]) == f"/search?entity={entity}|Qwen&section=!research"
    # Without words there is one list only.
    assert "API（項目）" not in html
    html = client.get("/search?thread=t_none&channel=daily&publisher=techcrunch.com").text
    chips = re.findall(r'<a class="chip" href="[^"]*">([^<]*) <span aria', html)
    assert sorted(chips) == ["媒體: TechCrunch", "故事線: t_none", "頻道: daily"]


def test_a_hit_repeats_neither_its_title_nor_the_name(client: TestClient) -> None:
    html = client.get("/search?q=Qwen").text
    hits = html.partition('<ol class="hits">')[2].partition("</ol>")[0]
    for hit in hits.split("<li>")[1:]:
        title = texts(hit.partition("</h3>")[0]).strip()
        for excerpt in re.findall(r"<p>(.*?)</p>", hit):
            assert texts(excerpt).strip() not in title
            assert re.sub("<mark>.*?</mark>", "", excerpt).strip()


def test_all_types_have_a_tab(client: TestClient) -> None:
    answer = client.get("/v1/entities?group_by=entity_type&limit=100").json()
    for path in ("/entities?lang=en", "/entities?lang=en&entity_type=org"):
        tabs = re.findall(r'data-type="(\w+)">(\d+)<', client.get(path).text)
        assert tabs == [(bucket["key"], str(bucket["count"])) for bucket in answer["data"]]
    assert ">Organisation <" in client.get("/entities?lang=en").text


def test_trends_explain_themselves(client: TestClient) -> None:
    answer = client.get("/v1/trends?baseline=60&direction=rising&limit=20").json()
    html = client.get("/trends?baseline=60&lang=en").text
    entry, window, baseline = answer["data"][0], answer["window"], answer["baseline"]
    example = (
        f"({entry['items']} + {entry['baseline']}) × {window['items']} ÷ "
        f"{window['items'] + baseline['items']} = {entry['expected']}"
    )
    assert example in unescape(html)
    assert "`" not in html
    row = html.partition('id="rising"')[2].partition("<tbody>")[2].partition("</tr>")[0]
    assert re.search(r'<td class="because"><a href="/items/i_', row)
    rows = html.partition('id="fading"')[2]
    assert not re.search(r'<a href="/search[^"]*">0</a>', rows)
    following = re.findall(r'rel="next" href="([^"]*)"', html)
    for address in map(unescape, following):
        page = client.get(address).text
        assert "direction=" in address
        assert 'data-count="window"' in page


def test_browsers_get_pages_and_programs_get_documents(client: TestClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "zh-CN"}
    answer = client.get("/no/such-page", headers=browser)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "404 · 找不到" in answer.text
    assert "/no/such-page" in answer.text
    for path in ("/v1/none", "/feeds/none.atom"):
        kind = client.get(path, headers=browser).headers["content-type"]
        assert kind == "application/problem+json"
    kind = client.get("/no/such-page").headers["content-type"]
    assert kind == "application/problem+json"


def test_lines_lead_back_to_their_item(client: TestClient) -> None:
    item_id = _item(client)
    html = client.get(f"/items/{item_id}").text
    address = unescape(re.findall(r'href="(/days/[^"]*/lines[^"]*)"', html)[0])
    assert f'href="/items/{item_id}">← 回到項目' in client.get(address).text
    unknown = client.get(address.replace(item_id, "i_none"))
    assert unknown.status_code == 200


def test_an_entry_without_briefings_is_not_covered(client: TestClient) -> None:
    entries = client.get("/v1/watchlist").json()["data"]
    uncovered = [entry for entry in entries if not entry["window"]["briefings"]]
    html = client.get("/watchlist?lang=en").text
    assert html.count("not covered by any briefing") == len(uncovered)
    assert "0 briefings" not in html


def test_english_has_plurals(fresh_client: TestClient, lite: Database) -> None:
    take_in(lite, document("2026-01-01", item("甲", summary="乙", entities="Qwen")))
    text = " ".join(texts(fresh_client.get("/?lang=en").text).split())
    assert "1 item " in text
    assert "1 name on entity lines" in text
    page = entity_path(fresh_client, "Qwen")
    text = " ".join(texts(fresh_client.get(f"{page}?lang=en").text).split())
    assert "1 item 1 mention 1 briefing" in text or "1 item 2 mentions 1 briefing" in text


def test_stories_do_not_repeat_themselves(fresh_client: TestClient, lite: Database) -> None:
    url = "https://example.org/a"
    for day in ("2026-01-01", "2026-01-02"):
        entry = item(
            "Foobar Lab 發表 Quux 模型",
            summary="新模型。",
            entities="Foobar Lab, Quux",
            sources=url,
        )
        take_in(lite, document(day, entry), f"{day}.md")
    thread = fresh_client.get("/v1/threads?limit=1").json()["data"][0]
    html = fresh_client.get(f"/threads/{thread['id']}").text
    assert "接續「Foobar Lab 發表 Quux 模型」的依據" in html
    assert "signal_" not in html
    page = fresh_client.get(f"/items/{thread['latest']['id']}").text
    assert "同一故事" in page
    assert "相關項目" not in page


def test_a_related_item_tells_its_reason_in_the_language_of_the_reader(
    client: TestClient,
) -> None:
    html = client.get(f"/items/{_item(client)}?lang=zh-Hant").text
    assert "Both name" not in html
    assert "reason_" not in html


@pytest.mark.parametrize("path", [path for path in PAGES if path not in ("/bench", "/desk")])
def test_the_data_of_a_page_is_offered_and_cited(client: TestClient, path: str) -> None:
    html = client.get(path, headers={"Accept-Language": "en"}).text
    use = html.partition('aria-labelledby="use"')[2]
    assert "As API call" in use
    assert "As feed" in use
    citations = unescape(html.partition('aria-labelledby="cite"')[2])
    # Days have a permanent address of their own.
    address = "http://testserver" + (DAY if path == "/" else path.partition("/lines")[0])
    assert f"from {address}" in citations
    assert "url = {http://testserver/" in citations


def test_a_search_is_cited_with_its_words(client: TestClient) -> None:
    html = client.get("/search?q=Qwen&lang=en").text
    cited = unescape(html.partition('aria-labelledby="cite"')[2])
    # The address that is cited leaves the language to its reader.
    assert "Search: Qwen. Retrieved" in cited
    assert "from http://testserver/search?q=Qwen [http://testserver/v1/search?q=Qwen]" in cited


def test_an_item_without_a_story_has_no_feed(client: TestClient) -> None:
    for entry in client.get("/v1/items?limit=5").json()["data"]:
        use = client.get(f"/items/{entry['id']}").text.partition('aria-labelledby="use"')[2]
        assert ("/feeds/" in use) == bool(entry["thread"])


def test_errors_have_titles_in_the_language_of_the_reader(client: TestClient) -> None:
    for lang, title in (
        ("zh-Hant", "請求無效"),
        ("zh-Hans", "请求无效"),
        ("en", "Invalid request"),
    ):
        assert f"400 · {title}" in client.get(f"/trends?window=no&lang={lang}").text


def test_every_address_of_the_data_answers(client: TestClient) -> None:
    thread = client.get("/v1/threads?limit=1").json()["data"]
    pages = [*PAGES, entity_path(client), "/items/" + _item(client)]
    pages += [f"/threads/{entry['id']}" for entry in thread]
    for path in pages:
        html = client.get(path).text
        part = html.partition('<section class="use"')[2]
        for address in re.findall(r'href="([^"]+)"', part.partition("</section>")[0]):
            answer = client.get(unescape(address))
            expected = (401,) if "/v1/review" in address else (200,)
            assert answer.status_code in expected, (path, address, answer.text[:200])


def _item(client: TestClient) -> str:
    return str(client.get("/v1/items?limit=1&kind=full").json()["data"][0]["id"])


def test_links_within_the_explorer_lead_somewhere(client: TestClient) -> None:
    seen = set()
    for path in ("/", "/days", entity_path(client), "/search?q=Qwen", "/watchlist"):
        for address in re.findall(r'href="(/[^"]*)"', client.get(path).text)[::7]:
            seen.add(unescape(address).partition("#")[0])
    for address in sorted(seen)[:120:2]:
        assert client.get(address).status_code in (200, 307), address


def test_errors_are_pages(client: TestClient) -> None:
    for path, status, words in (
        ("/days/2020-01-01", 404, "There is no briefing"),
        ("/entities/nobody-at-all", 404, "There is no entity"),
        ("/search?q=a&sektion=x", 400, "sektion"),
        ("/items/i_none", 404, "There is no item"),
        ("/trends?window=no", 400, "window"),
    ):
        answer = client.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert words in texts(answer.text)


def test_pages_come_from_the_response_cache(client: TestClient) -> None:
    first, second = client.get(DAY), client.get(DAY)
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["cache-control"].startswith("public")
    same = client.get(DAY, headers={"If-None-Match": first.headers["etag"]})
    assert same.status_code == 304


def test_pages_are_small(client: TestClient) -> None:
    for path in ("/", entity_path(client), "/search?q=AI"):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.num_bytes_downloaded <= 60 * 1024


def test_the_calendar_tells_gaps(client: TestClient) -> None:
    html = client.get("/days?year=2025").text
    assert html.count('class="covered"') == 2
    gaps = client.get("/v1/info").json()["channels"][0]["gaps"]
    assert html.count('class="gap"') == sum(gap["days"] for gap in gaps)


def test_lines_have_addresses(client: TestClient) -> None:
    html = client.get(f"{DAY}/lines?first=23&last=41").text
    source = client.get("/v1/briefings/2025-12-23/source").text.splitlines()
    rows = re.findall(r'<li id="L\d+".*?<span>(.*?)</span></li>', html, re.DOTALL)
    assert [unescape(row) for row in rows] == source
    assert html.count('class="marked"') == 19


def test_names_link_to_their_entities(client: TestClient) -> None:
    html = client.get(f"{DAY}?lang=en").text
    link = re.search(
        r'<a class="name" href="/entities/e_[a-z0-9]+\?lang=en" title="([^"]*)">', html
    )
    assert link
    assert "First seen 2025-1" in link[1]
    assert '<svg class="spark"' in html


def test_a_name_in_a_text_has_a_card(client: TestClient) -> None:
    entity_id = entity_path(client).rpartition("/")[2]
    entity = client.get(f"/v1/entities/{entity_id}").json()
    answer = client.get(f"/cards/{entity_id}?lang=en")
    assert answer.headers["content-type"].startswith("text/html")
    card = texts(answer.text)
    assert f"First seen {entity['first_seen']}" in card
    assert f"{entity['counts']['items']} items" in card
    assert '<svg class="spark"' in answer.text
    assert client.get("/cards/e_unknown").status_code == 404


def test_pages_describe_themselves_to_those_who_share_them(client: TestClient) -> None:
    thread = client.get("/v1/threads?limit=1").json()["data"][0]
    for path in (DAY, ENTITY, f"/threads/{thread['id']}", "/threads", "/trends", "/quality"):
        html = client.get(path, follow_redirects=True).text
        for name in ("title", "description", "type", "url"):
            assert re.search(f'<meta property="og:{name}" content="[^"]+">', html), (path, name)


def test_chinese_on_an_english_page_is_marked_as_chinese(client: TestClient) -> None:
    html = client.get("/search?q=Qwen&lang=en").text
    titles = re.findall(r'<h3><a href="[^"]*"([^>]*)>(.*?)</a>', html)
    assert titles
    for attributes, title in titles:
        assert (' lang="zh-Hant"' in attributes) == bool(re.search("[\u4e00-\u9fff]", title))
    chinese = client.get("/search?q=Qwen&lang=zh-Hant").text
    assert not re.search(r'<h3><a href="[^"]*" lang="zh-Hant"', chinese)
    # Words of vocabularies are those of the rest of the page.
    assert ">High</a>" in html


def test_who_types_gets_names_then_items(client: TestClient) -> None:
    html = client.get("/search/suggestions?q=Qwe&lang=zh-Hant").text
    addresses = re.findall(r'href="/(entities|items)/', html)
    assert addresses == sorted(addresses)
    assert set(addresses) == {"entities", "items"}
    names = client.get("/v1/autocomplete?q=Qwe&limit=6&lang=zh-Hant").json()["data"]
    for entity in names:
        assert f"{entity['name']} <" in html
    assert "<li" not in client.get("/search/suggestions?q=zzzzzzzz").text


def test_robots_find_the_map(client: TestClient) -> None:
    robots = client.get("/robots.txt").text
    assert "Disallow: /desk" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    sitemap = client.get("/sitemap.xml").text
    for path in re.findall(r"<loc>http://testserver(/days/[^<]*)</loc>", sitemap):
        assert f'rel="canonical" href="http://testserver{path}"' in client.get(path).text


def test_links_begin_with_the_prefix_of_a_proxy(seeds: Callable[[str], Database]) -> None:
    with client_of(seeds("sqlite"), root_path="/kb") as client:
        for path in ("/kb/", "/kb/search?q=Qwen", "/kb/days", "/kb/desk"):
            html = client.get(path).text
            for address in re.findall(r'(?:href|src|action)="(/[^"]*)"', html):
                assert address.startswith("/kb/"), address


def test_an_empty_base_has_a_page(fresh_client: TestClient) -> None:
    answer = fresh_client.get("/?lang=en")
    assert answer.status_code == 200
    assert "no briefings yet" in answer.text
    assert fresh_client.get("/days").status_code == 200


def test_what_a_document_contains_is_escaped(fresh_client: TestClient, lite: Database) -> None:
    take_in(lite, document("2026-01-01", item("<img src=x> & co", summary="<script>a</script> b")))
    html = fresh_client.get("/").text
    assert "<img src=x>" not in html
    assert "<script>a" not in html
    assert "&lt;script&gt;a" in html


def test_a_section_without_a_title_is_named_by_its_kind(
    fresh_client: TestClient, lite: Database
) -> None:
    take_in(lite, document("2026-01-01", item("甲", summary="乙")))
    html = fresh_client.get("/").text
    assert not re.search(r"<h[1-6][^>]*>\s*</h", html)
    assert not re.search(r"<a [^>]*>\s*</a>", html)


def test_each_channel_is_a_click_away(fresh_client: TestClient, lite: Database) -> None:
    take_in(lite, document("2026-03-01", item("A")), "2026-03-01.md")
    assert "頻道" not in fresh_client.get("/").text
    take_in(lite, document("2026-04-01", item("B")), "2026-04-01.md", channel="other")
    page = fresh_client.get("/").text
    assert "<strong>daily</strong>" in page
    assert 'href="/days/other:2026-04-01"' in page
    assert fresh_client.get("/days/other:2026-04-01").status_code == 200


def test_a_visitor_sees_which_channels_there_are(lite: Database) -> None:
    for channel, day in (("daily", "2026-01-01"), ("tech", "2026-01-03")):
        text = document(day, item(f"{channel} 的事", summary="乙"))
        take_in(lite, text, f"{day}.md", channel)
    with client_of(lite, channel_titles="daily=每日 AI 簡報") as client:
        html = client.get("/").text
        assert ">daily 的事<" in html
        choices = html.partition('<nav class="choices channels"')[2].partition("</nav>")[0]
        names = re.findall(r'href="([^"]+)"[^>]*>(?:<strong>)?([^<]+).*?([\d-]+)</time>', choices)
        assert names == [
            ("/days/2026-01-01", "每日 AI 簡報", "2026-01-01"),
            ("/days/tech:2026-01-03", "tech ", "2026-01-03"),
        ]
        assert "aria-current" in choices.partition("</a>")[0]


def test_pages_name_a_briefing_by_its_channel_and_day(lite: Database) -> None:
    for channel in ("daily", "tech"):
        text = document("2026-01-01", item(f"{channel} 的事", summary="乙"))
        take_in(lite, text, "2026-01-01.md", channel)
    with client_of(lite, channel_titles="tech=科技日報") as client:
        quality = client.get("/quality").text
        assert re.findall(r'"/quality/[^"]+">([^<]+)<', quality) == [
            "2026-01-01",
            "科技日報 2026-01-01",
        ]
        for path in ("/quality/tech:2026-01-01", "/days/tech:2026-01-01/lines"):
            assert ">科技日報 2026-01-01</a>" in client.get(path).text
        assert "· 科技日報" in client.get("/days/tech:2026-01-01").text
        # The default channel needs no name where it has no title.
        assert "daily</p>" not in client.get("/days/2026-01-01").text


def test_the_first_page_is_there_without_the_default_channel(lite: Database) -> None:
    take_in(lite, document("2026-01-03", item("甲", summary="乙")), "2026-01-03.md", "tech")
    with client_of(lite) as client:
        answer = client.get("/")
        assert answer.status_code == 200
        assert "2026-01-03" in answer.text
        assert "choices channels" not in answer.text


def test_a_long_gap_is_drawn_short_and_stands_in_the_table(client: TestClient) -> None:
    html = client.get(f"{entity_path(client)}?lang=en&from=2025-11-22&interval=day").text
    chart = html.partition('<div class="timeline"')[2].partition("</div>")[0]
    starts = re.findall(r'data-starts="([^"]*)"', chart)[0].split(" ")
    axis = client.get(f"/v1{entity_path(client)}/timeline?from=2025-11-22&interval=day").json()
    assert len(starts) < len(axis["buckets"]) / 2
    assert starts == sorted(starts)
    assert (starts[0], starts[-1]) == ("2025-11-22", "2025-12-23")
    assert ">30 days</text>" in chart
    assert "2025-11-23 – 2025-12-22</th>" in html
    assert "No briefing · 30 days" in html
    assert "Long gaps are drawn short" in html


def test_a_facet_narrows_a_search_to_its_count(client: TestClient) -> None:
    page = client.get("/search?type=items&entity=NVIDIA&lang=en").text
    section = page[page.index('id="f-entity"') :]
    links = re.findall(
        r'<a href="([^"]*entity=[^"]*)">[^<]*</a> <span class="quiet">(\d+)<', section
    )
    assert links
    for address, count in links[:3]:
        query = address.replace("&amp;", "&").partition("?")[2]
        assert "entity=NVIDIA" in query
        items = "&".join(part for part in query.split("&") if not part.startswith("type="))
        assert client.get(f"/v1/items?{items}&limit=1").json()["meta"]["total"] == int(count)


def test_labels_of_facets_are_in_the_words_of_the_mainland(client: TestClient) -> None:
    query = "facets=entity_type,importance&limit=1&lang=zh-Hans"
    facets = client.get(f"/v1/entities?{query.replace(',importance', '')}").json()["meta"]["facets"]
    labels = {bucket["key"]: bucket["label"] for bucket in facets["entity_type"]}
    assert (labels["chip"], labels["dataset"]) == ("芯片", "数据集")


def test_an_error_is_told_in_the_language_of_the_reader(client: TestClient) -> None:
    browser = {"Accept": "text/html", "Accept-Language": "zh-TW"}
    html = client.get("/entities/nobody-at-all", headers=browser).text
    assert "沒有「nobody-at-all」這個名稱" in html
    assert "There is no entity" in html


def test_a_busy_database_is_a_page_for_readers(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*arguments: object) -> None:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr("app.query.stories.watchlist.find", busy)
    browser = {"Accept": "text/html", "Accept-Language": "zh-TW"}
    answer = client.get("/watchlist?top=2", headers=browser)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "503 · 暫時無法使用" in answer.text
    assert "稍等片刻再重新整理。" in answer.text
    program = client.get("/v1/watchlist?top=2", headers={"Accept": "application/json"})
    assert (program.status_code, program.json()["status"]) == (503, 503)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/search?q=a&from=xx", "from：「xx」不是日期；須寫成 YYYY-MM-DD。"),
        ("/trends?window=999", "window：至多為 90。"),
        ("/days/2020-01-01", "沒有「2020-01-01」這份簡報；最近的一份是 2025-11-22。"),
        ("/items/zzz", "沒有「zzz」這則項目。"),
        ("/threads/th_x", "沒有「th_x」這條故事線。"),
        ("/days?channel=zz", "沒有「zz」這個頻道；現有的頻道：daily。"),
        ("/search?cursor=zz", "分頁的位置無效；請回到第一頁。"),
    ],
)
def test_faults_of_addresses_are_told_in_chinese(
    client: TestClient, path: str, sentence: str
) -> None:
    browser = {"Accept": "text/html", "Accept-Language": "zh-TW"}
    assert sentence in client.get(path, headers=browser).text


def test_a_source_leads_to_the_items_that_cite_it(client: TestClient) -> None:
    html = client.get("/search?q=TechCrunch&type=sources").text
    hits = html.partition('<ol class="hits">')[2]
    address = unescape(re.findall(r'<h3><a href="([^"]+)"', hits)[0])
    assert address.startswith("/search?source=s_")
    assert "引用於：<a href=" in hits
    assert "label" not in texts(hits)
    assert "類型為來源" in html
    total = client.get(f"/v1/items?{address.partition('?')[2]}").json()["meta"]["total"]
    page = client.get(address).text
    assert f'項目 <span class="quiet">{total}<' in page
    chip = re.findall(r'<a class="chip" href="[^"]*">([^<]*) <span aria', page)[0]
    assert "s_" not in chip


def test_a_publisher_leads_to_its_items(client: TestClient) -> None:
    html = client.get(DAY).text
    address = unescape(re.findall(r'<a class="publisher" href="([^"]+)"', html)[0])
    publisher = address.partition("publisher=")[2]
    total = client.get(f"/v1/items?publisher={publisher}").json()["meta"]["total"]
    assert f'項目 <span class="quiet">{total}<' in client.get(address).text


def test_trends_without_entries_give_no_example(fresh_client: TestClient, lite: Database) -> None:
    take_in(lite, document("2026-01-01", item("甲", summary="乙")))
    html = fresh_client.get("/trends").text
    assert "例如" not in html
    assert "太少，難以比較" in html


@pytest.mark.parametrize("state", ["", "to=2025-12-01", "rollup=all"])
def test_neighbours_link_to_the_items_that_they_count(client: TestClient, state: str) -> None:
    page = client.get(f"/entities/NVIDIA?lang=en&{state}", follow_redirects=True).text
    section = page[page.index('<h2 id="with"') : page.index('<h2 id="items"')]
    links = re.findall(r'<td class="n"><a href="/search\?([^"]*)">(\d+)<', section)
    assert links
    related = client.get(f"/v1/entities/NVIDIA/related?limit=24&{state}", follow_redirects=True)
    total = related.json()["meta"]["total"]
    assert (f"{len(links)} of {total}" in section) == (total > len(links))
    for query, count in links:
        query = query.replace("&amp;", "&")
        assert client.get(f"/v1/items?{query}&limit=1").json()["meta"]["total"] == int(count)


def test_the_csv_below_a_chart_is_that_of_the_chart(client: TestClient) -> None:
    page = client.get("/entities/NVIDIA?compare=OpenAI&lang=en", follow_redirects=True).text
    section = page[page.index('<h2 id="timeline"') : page.index('<h2 id="with"')]
    (address,) = re.findall(r'href="(/v1/exports/[^"]*csv[^"]*)"', section)
    rows = list(csv.DictReader(client.get(address.replace("&amp;", "&")).text.splitlines()))
    assert {row["entity_name"] for row in rows} == {"NVIDIA", "OpenAI"}
