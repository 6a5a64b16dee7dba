"""Pages as responses: templates, words, headers, and errors that people can read."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asgi_correlation_id import correlation_id
from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, read_endpoint
from app.api.wire.responses import MEDIA
from app.errors import AppError
from app.explorer import charts
from app.explorer.cited import cited_page
from app.explorer.sentences import in_words_of
from app.explorer.visit import LANGUAGES, Visit
from app.explorer.words import counted, word
from app.query.snapshot import dataset
from app.store.db import Session

POLICY = (
    "default-src 'none'; img-src 'self' http: https: data:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FOLDER = Path(__file__).parent
ASSETS: dict[str, bytes] = {}
"""The bytes of the stylesheet and the script, by name."""
for _path in sorted((_FOLDER / "assets").iterdir()):
    ASSETS[_path.name] = _path.read_bytes()
_VERSIONS: dict[str, str] = {}
for _name, _bytes in ASSETS.items():
    _VERSIONS[_name] = hashlib.sha256(_bytes).hexdigest()[:12]
_environment = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    auto_reload=False,
)
_environment.filters["spark"] = charts.spark
_HAN = re.compile("[\u3400-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")


@pass_context
def _lang_of(context: Context, text: str) -> Markup:
    """Return the attribute `lang` of a text of a document, "" where it is that of the page.

    Chinese in the language of an English page would get narrow punctuation.
    """
    lang = "en"
    # A Chinese sentence may quote a Japanese word.
    if len(_KANA.findall(text)) * 4 > len(_HAN.findall(text)):
        lang = "ja"
    elif _HAN.search(text):
        is_chinese = str(context["lang"]).startswith("zh")
        lang = context["lang"] if is_chinese else "zh-Hant"
    return Markup("" if lang == context["lang"] else f' lang="{lang}"')


_environment.filters["lang_of"] = _lang_of
View = Callable[[Visit], "str | Response"]
NAVIGATION = (
    ("day", "/"),
    ("calendar", "/days"),
    ("search", "/search"),
    ("entities", "/entities"),
    ("trends", "/trends"),
    ("threads", "/threads"),
    ("watchlist", "/watchlist"),
    ("quality", "/quality"),
    ("bench", "/bench"),
    ("desk", "/desk"),
)
"""Pages of the navigation: word and path."""


def render(visit: Visit, template: str, title: str, **context: Any) -> str:
    """Return a page. `use` lists the addresses of its data, `canonical` its own address."""
    lang = visit.lang

    def words(text: str, **values: Any) -> str:
        return word(text, lang).format(**values) if values else word(text, lang)

    def count(text: str, number: int, *more: Any) -> str:
        return counted(text, lang, number, *more)

    def asset(name: str) -> str:
        return visit.address(f"/assets/{name}", v=_VERSIONS[name])

    values: dict[str, Any] = {
        "r": visit,
        "url": visit.url,
        "address": visit.address,
        "here": visit.here,
        "t": words,
        "count": count,
        "unit": lambda name, number: counted(f"unit_{name}", lang, number),
        "in_words": lambda sentence: in_words_of(lang, sentence),
        "colon": ": " if lang == "en" else "：",
        "asset": asset,
        "lang": lang,
        "languages": LANGUAGES,
        "navigation": NAVIGATION,
        "title": title,
        "canonical": visit.home + visit.path,
        "description": None,
        "use": {},
        "cite": None,
        "cited": None,
        "thing": Markup(""),
        "kind": "website",
        "section": "",
        "q": visit.request.query_params.get("q", ""),
        "private": False,
    }
    values |= context
    if values["use"] and not (values["cited"] or values["private"]):
        named = _with_section(title, values["section"], lang)
        values["cited"] = cited_page(visit, named, values["use"]["as_api"])
    return _environment.get_template(template).render(values)


def _with_section(title: str, section: str, lang: str) -> str:
    """Return the title of a page, after that of its section: `Search: Qwen`."""
    name = word(section, lang)
    if title.startswith(name):
        return title
    return f"{name}{': ' if lang == 'en' else '：'}{title}"


def page(view: View) -> Any:
    """Return the endpoint of a public page, which the response cache holds."""

    def endpoint(request: Request, session: Session, language: AcceptLanguageDep) -> Response:
        visit = Visit(request, session, language)
        try:
            answer = view(visit)
        except AppError as error:
            return error_page(visit, error)
        if isinstance(answer, Response):
            return answer
        return responses.cacheable(
            request,
            answer.encode(),
            MEDIA["html"],
            dataset.version(session),
            {"Content-Security-Policy": POLICY},
        )

    endpoint.__name__ = f"explore_{view.__name__}"
    endpoint.__doc__ = view.__doc__
    return read_endpoint(endpoint)


def private_response(html: str, status: int = 200) -> Response:
    """Return a page that is made for one visit and stored nowhere."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return Response(html, status, headers, MEDIA["html"])


def error_page(visit: Visit, error: AppError, detail_lang: str = "en") -> Response:
    """Return an error as a page."""
    detail = error.detail
    original = None
    if detail_lang == "en":
        detail, detail_lang = in_words_of(visit.lang, error.detail)
        original = error.detail if detail != error.detail else None
    html = render(
        visit,
        "error.html",
        error_title(error.status, error.title, visit.lang),
        detail=detail,
        original=original,
        status=error.status,
        detail_lang=detail_lang,
        request_id=correlation_id.get(),
    )
    return private_response(html, error.status)


def error_title(status: int, title: str, lang: str) -> str:
    """Return the title of an error in the language of the reader."""
    text = word(f"error_{status}", lang)
    return title if str(status) in text else text


def redirect(visit: Visit, path: str, status: int = 308) -> Response:
    """Return a redirect to another page of the explorer, with the same query."""
    location = visit.address(path, visit.request.query_params.multi_items())
    headers = {"Location": location, "Cache-Control": "no-cache"}
    return Response(status_code=status, headers=headers)
