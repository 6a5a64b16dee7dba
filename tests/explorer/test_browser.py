"""A reader in Chromium: pages at two widths, without script and with it, axe, and the desk.

Skipped where Chromium is missing. Screenshots are written to build/screenshots.
"""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.store import keys
from app.store.db import Database
from tests.conftest import new_url
from tests.servers import briefbase

ROOT = Path(__file__).resolve().parent.parent.parent
SHOTS = ROOT / "build" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDTHS = (390, 1440)
MAX_REQUESTS = 20
PAGES = {
    "day": "/",
    "calendar": "/days",
    "search": "/search?q=Qwen",
    "entity": "/entities/OpenAI?compare=Qwen",
    "trends": "/trends?baseline=60",
    "watchlist": "/watchlist",
    "quality": "/quality/2025-12-23",
    "bench": "/bench",
    "desk": "/desk",
}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a service with the seeds, and the key of a curator."""
    folder = tmp_path_factory.mktemp("explorer")
    url = new_url("sqlite", folder, seeded=True)
    database = Database(url)
    with database.write() as session:
        _, key = keys.create(session, "mei", ("entities",), datetime.now(UTC))
    database.close()
    with briefbase(url, folder, seeds="false", log_level="error") as server:
        yield f"http://127.0.0.1:{server.port}", key


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def opened_page(browser: Browser, width: int, **options: Any) -> Page:
    """Return an empty page of a reader of Traditional Chinese."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="zh-TW", **options
    )
    context.set_default_timeout(10_000)
    return context.new_page()


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_and_axe_finds_nothing(
    browser: Browser, site: tuple[str, str], width: int
) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page = opened_page(browser, width, bypass_csp=True)
    faults = []
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    for number, (name, path) in enumerate(PAGES.items()):
        requests.clear()
        page.emulate_media(color_scheme="dark" if number % 3 else "light")
        page.goto(site[0] + path)
        assert len(requests) <= MAX_REQUESTS
        page.screenshot(path=SHOTS / f"{name}-{width}.png")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{name}: wider than the window")
        # Each page is checked once here; `make pages` checks both widths and both schemes.
        if (width == WIDTHS[0]) == bool(number % 2):
            continue
        # With a target, all of a page is laid out: axe measures no box that is yet to come.
        page.evaluate("location.hash = 'content'")
        page.evaluate(AXE)
        tags = {"runOnly": {"type": "tag", "values": RULES}}
        # Two items of a section stand for all: axe takes ten seconds for fifty.
        scope = {"exclude": [[".item ~ .item ~ .item"]]}
        result = page.evaluate("([scope, tags]) => axe.run(scope, tags)", [scope, tags])
        for violation in result["violations"]:
            faults.append(f"{name}: {violation['id']}: {violation['nodes'][0]['html'][:120]}")
    page.context.close()
    assert not faults


def test_a_reader_without_script_finds_and_cites_a_name(
    browser: Browser, site: tuple[str, str]
) -> None:
    page = opened_page(browser, 390, java_script_enabled=False)
    page.goto(site[0])
    page.get_by_role("searchbox").fill("Qwen")
    page.get_by_role("button", name="搜尋").click()
    page.get_by_role("link", name="通義千問", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("通義千問")
    page.locator(".first a").click()
    expect(page).to_have_url(re.compile("/items/"))
    page.get_by_role("link", name="引用", exact=True).click()
    expect(page.locator(".cited")).to_contain_text("APA")
    address = page.locator(".use a", has_text="APA").get_attribute("href") or ""
    cited = page.request.get(site[0] + address)
    assert "2025" in cited.text()
    page.context.close()


def test_script_adds_cards_and_keys(browser: Browser, site: tuple[str, str]) -> None:
    page = opened_page(browser, 1440)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(site[0])
    card = page.locator(".side .card a").first.get_attribute("href") or ""
    page.locator(f'a.name[href="{card}"]').first.hover()
    expect(page.locator(".popup .spark")).to_be_visible()
    # A name that the list leaves out has a card, too.
    others = "[...document.querySelectorAll('a.name')].filter(a => !document.getElementById('n-' + a.pathname.split('/').pop()))"
    name = page.evaluate_handle(f"{others}[0]").as_element()
    assert name
    name.hover()
    expect(page.locator(".popup > a")).to_have_attribute("href", name.get_attribute("href") or "")
    expect(page.locator(".popup .spark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".popup")).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("/days/2025-11-22"))
    page.get_by_role("button", name="明暗").click()
    assert page.evaluate("document.documentElement.dataset.theme") in ("dark", "light")
    assert not [text for text in messages if "Content Security Policy" in text]
    page.context.close()


def test_fields_of_days_become_pickers_without_a_shift(
    browser: Browser, site: tuple[str, str]
) -> None:
    page = opened_page(browser, 1440)
    page.add_init_script(
        "window.shifts = 0; new PerformanceObserver(list => window.shifts += list.getEntries().length)"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(f"{site[0]}/search?q=Qwen&from=2025-11-01")
    field = page.locator("input[name=from]")
    expect(field).to_have_attribute("type", "date")
    expect(field).to_have_value("2025-11-01")
    assert page.evaluate("window.shifts") == 0
    page.context.close()
    page = opened_page(browser, 390, java_script_enabled=False)
    page.goto(f"{site[0]}/trends?baseline=60")
    page.get_by_label("截至").fill("2025-12-23")
    page.get_by_role("button", name="套用").click()
    expect(page).to_have_url(re.compile("until=2025-12-23"))
    page.context.close()


def test_headings_break_between_words(browser: Browser, site: tuple[str, str]) -> None:
    page = opened_page(browser, 390)
    page.goto(f"{site[0]}/days/2025-12-23")
    # The lines of the heading 醫療影像、公平性與基礎設施趨勢綜覽.
    lines = page.locator("h1").evaluate(
        """heading => {
          const [text] = heading.childNodes, lines = [], range = document.createRange();
          let bottom = 0;
          for (let place = 0; place < text.length; place++) {
            range.setStart(text, place); range.setEnd(text, place + 1);
            const box = range.getBoundingClientRect();
            if (box.bottom > bottom + 5) lines.push("");
            bottom = Math.max(bottom, box.bottom);
            lines[lines.length - 1] += text.data[place];
          }
          return lines;
        }"""
    )
    assert len(lines) > 1
    assert lines[0].endswith("、")
    page.context.close()


def test_names_and_items_are_suggested_to_who_types(
    browser: Browser, site: tuple[str, str]
) -> None:
    page = opened_page(browser, 1440)
    page.goto(f"{site[0]}/watchlist")
    field = page.locator("#q[role=combobox]")
    field.press_sequentially("qwe")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("通義千問")
    texts = options.all_inner_texts()
    # Names first, then items.
    assert re.search(r"模型|組織", texts[0])
    assert texts[-1].endswith("2025-12-23")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-1")
    field.press("Escape")
    expect(page.locator(".suggestions")).to_be_hidden()
    field.press_sequentially("n")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url(re.compile("/entities/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("通義千問")
    page.context.close()


def test_an_address_of_an_item_opens_at_the_item(browser: Browser, site: tuple[str, str]) -> None:
    page = opened_page(browser, 390)
    day = f"{site[0]}/days/2025-12-23"
    page.goto(day)
    last = page.locator("article.item").last.get_attribute("id")
    page.goto("about:blank")
    # What is below the window has no height of its own until it is needed.
    page.goto(f"{day}#{last}")
    expect(page.locator(f"[id={last}] h3")).to_be_in_viewport()
    page.context.close()


def test_citations_are_copied(browser: Browser, site: tuple[str, str]) -> None:
    page = opened_page(browser, 1440, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{site[0]}/entities/Qwen")
    page.get_by_role("button", name="複製 APA").click()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Briefbase")
    assert f"from {page.url} [" in text
    assert text in page.locator(".cited").inner_text()
    page.context.close()


def test_filters_are_folded_on_a_phone_only(browser: Browser, site: tuple[str, str]) -> None:
    for width in WIDTHS:
        page = opened_page(browser, width)
        page.goto(f"{site[0]}/search?q=Qwen")
        field = page.locator(".fold input[name=from]")
        if width == WIDTHS[0]:
            expect(field).not_to_be_visible()
            page.get_by_text("篩選", exact=True).click()
        expect(field).to_be_visible()
        page.context.close()


def test_dragging_over_a_timeline_zooms_to_its_days(
    browser: Browser, site: tuple[str, str]
) -> None:
    page = opened_page(browser, 1440)
    page.goto(f"{site[0]}/entities/Qwen?interval=week&from=2025-11-17")
    chart = page.locator(".timeline.brushed")
    starts = (chart.get_attribute("data-starts") or "").split(" ")
    box = chart.bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40, steps=4)
    expect(page.locator(".brush")).to_be_visible()
    page.mouse.up()
    page.wait_for_url(re.compile(f"from={starts[0]}&to=2025-12"))
    assert page.locator(".timeline").get_attribute("data-starts")
    page.context.close()


def test_dragging_over_a_long_gap_chooses_its_days(browser: Browser, site: tuple[str, str]) -> None:
    page = opened_page(browser, 390)
    page.goto(f"{site[0]}/entities/OpenAI?interval=day&from=2025-11-22")
    chart = page.locator(".timeline.brushed")
    expect(chart.locator(".lengths text")).to_have_text("30 日")
    chart.scroll_into_view_if_needed()
    box = chart.locator(".bars").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 20, steps=3)
    page.mouse.up()
    page.wait_for_url(re.compile("from=2025-11-2\\d&to=2025-12-1\\d"))
    page.context.close()


def test_why_a_name_rises_is_seen_on_a_phone(browser: Browser, site: tuple[str, str]) -> None:
    page = opened_page(browser, 390)
    page.goto(f"{site[0]}/trends?baseline=60")
    box = page.locator(".because a").first.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390
    page.context.close()


def test_a_curator_merges_and_undoes(browser: Browser, site: tuple[str, str]) -> None:
    page = opened_page(browser, 1440)
    page.goto(f"{site[0]}/desk")
    page.get_by_label("金鑰").fill(site[1])
    page.get_by_role("button", name="登入").click()
    assert page.evaluate("document.cookie") == ""
    page.get_by_label("對象（id、名稱或寫法）").fill("Qwen")
    page.get_by_label("併入的對象、寫法或新寫法").fill("DeepSeek")
    page.get_by_role("button", name="預覽").click()
    page.get_by_role("button", name="確定執行").click()
    # The page of an act shows what an undo changes: it asks no second time.
    page.get_by_role("button", name="撤銷").click()
    expect(page.get_by_text("撤銷：")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("完成。")
    page.goto(f"{site[0]}/entities/Qwen")
    expect(page.get_by_role("heading", level=1)).to_have_text("通義千問")
    page.context.close()
