"""Items."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from app.api.wire import citing, responses
from app.api.wire.deps import AcceptLanguageDep, read_endpoint
from app.api.wire.responses import CHECKS, CITED
from app.parse.briefing import decode
from app.query import items as query
from app.query.documents import versions
from app.query.publishing import citations
from app.query.request.item_params import ItemList, ItemQuery, RelatedItemsQuery
from app.query.request.params import PlainQuery
from app.query.schemas.briefings import PassageOut
from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import ItemOut
from app.query.schemas.lists import Page
from app.query.schemas.threads import RelatedItemOut, RelatedItems
from app.query.stories import related_items
from app.render import linked_data, markup, pages
from app.store.db import Session

router = APIRouter(prefix="/v1/items", tags=["items"], dependencies=CHECKS)

_FORMATS: tuple[responses.Format, ...] = ("json", "html", "jsonld", "bibtex", "ris", "csl")
ItemId = Annotated[
    str, Path(description="The item's id.", examples=["i_2f7ah3kqxw5c"], max_length=64)
]


@router.get(
    "",
    response_model=Page[ItemOut],
    summary="Items by filters",
    responses=responses.formats(*CITED),
)
@read_endpoint
def list_items(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[ItemList, Query()],
) -> Any:
    lang = params.lang or language
    format_ = citing.list_format(request, params, params.group_by)
    if params.group_by is not None:
        buckets = query.buckets(session, params, lang)
        return responses.list_response(
            request,
            session,
            buckets,
            BucketOut,
            params,
        )
    listing = query.find(session, citing.with_entries(params, format_), lang)
    if format_ != "json":
        return citing.cited_list(request, session, listing, ItemOut, params, format_)
    return responses.list_response(
        request,
        session,
        listing,
        ItemOut,
        params,
        feed="items",
    )


@router.get(
    "/{item_id}",
    response_model=ItemOut,
    summary="An item with all its parts",
    responses=responses.formats("html", "jsonld", *CITED),
)
@read_endpoint
def get_item(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    item_id: ItemId,
    params: Annotated[ItemQuery, Query()],
) -> Any:
    lang = params.lang or language
    format_ = responses.requested_format(request, params.format, _FORMATS)
    if format_ != "json":
        whole = ItemOut.model_validate_json(query.one(session, item_id, lang))
    if citing.is_citation(format_):
        return citing.cited(request, session, whole, ItemOut, params, format_)
    if format_ == "jsonld":
        evidence = citations.of_items(session, [whole.id]).get(whole.id)
        thing = linked_data.item(whole, evidence, responses.home(request))
        return citing.linked_response(request, session, thing)
    if format_ == "html":
        passage = query.passage(session, item_id)
        document = decode(versions.document(session, passage.sha256).body)
        text = pages.item_page(
            whole,
            passage.text,
            responses.reader(request, lang),
            markup.cited_notes(passage.text, document),
        )
        return responses.text_response(request, session, text, "html")
    item = query.one(session, item_id, lang, include=params.includes())
    return responses.json_response(
        request,
        session,
        item,
        params.names(),
        ItemOut,
    )


@router.get(
    "/{item_id}/source",
    response_model=PassageOut,
    summary="The exact lines of an item in its document",
)
@read_endpoint
def get_item_source(
    request: Request,
    session: Session,
    item_id: ItemId,
    params: Annotated[PlainQuery, Query()],
) -> Any:
    passage = query.passage(session, item_id)
    return responses.json_response(request, session, passage, params.names())


@router.get(
    "/{item_id}/related",
    response_model=RelatedItems,
    summary="Related items, with the reasons",
)
@read_endpoint
def list_related_items(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    item_id: ItemId,
    params: Annotated[RelatedItemsQuery, Query()],
) -> Any:
    listing = related_items.find(session, item_id, params, params.lang or language)
    return responses.list_response(
        request,
        session,
        listing,
        RelatedItemOut,
        params,
    )
