"""The desk of curators: links to review, merge, split and alias with a preview, and undo."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api.wire.deps import AcceptLanguageDep, SessionDep
from app.api.wire.writing import Writers
from app.curate import acts
from app.curate.conduct import Curation
from app.errors import AppError, BadRequest
from app.explorer.forms import Curator, FormDep, curator_of, sign_in, sign_out, signed_in
from app.explorer.pages import error_page, private_response, redirect, render
from app.explorer.visit import Visit
from app.explorer.words import word
from app.query.curation import audit, judgements
from app.query.entities import lists as entity_lists
from app.query.names.autocomplete import latest_items
from app.query.request.entity_params import ReviewList
from app.query.request.params import comma_separated
from app.query.request.write_params import AuditList
from app.query.schemas.judgements import ActOut

router = APIRouter(include_in_schema=False)

MAX_ACTS = 15
"""Recent acts that the desk lists."""
MAX_NAME_CHARS = 200
_UNDOABLE = ("merge", "split", "alias", "link", "reject", "create")
Perform = Callable[[Curation], ActOut]


@router.get("/desk")
def desk(request: Request, session: SessionDep, language: AcceptLanguageDep) -> Response:
    """Return the desk, or the form to sign in."""
    visit = Visit(request, session, language)
    curator = signed_in(request)
    if curator is None:
        return _sign_in_page(visit, "")
    try:
        return private_response(_desk_page(visit, curator))
    except AppError as error:
        return error_page(visit, error)


@router.post("/desk/sign-in")
def sign_in_curator(
    request: Request, session: SessionDep, language: AcceptLanguageDep, fields: FormDep
) -> Response:
    """Set the cookie of a curator whose key is right."""
    visit = Visit(request, session, language)
    text = fields.get("key", "").strip()
    if curator_of(request, text) is None:
        return _sign_in_page(visit, word("key_wrong", visit.lang))
    response = redirect(visit, "/desk", 303)
    sign_in(request, response, text)
    return response


@router.post("/desk/sign-out")
def sign_out_curator(
    request: Request, session: SessionDep, language: AcceptLanguageDep, fields: FormDep
) -> Response:
    """Remove the cookie."""
    response = redirect(Visit(request, session, language), "/desk", 303)
    sign_out(request, response)
    return response


@router.post("/desk/act")
async def act(request: Request, language: AcceptLanguageDep, fields: FormDep) -> Response:
    """Preview an act, or perform it once it is confirmed."""
    writers: Writers = request.app.state.writers
    return await writers.run(lambda: _answer_act(request, language, fields))


def _answer_act(request: Request, language: str | None, fields: dict[str, str]) -> Response:
    curator = signed_in(request)
    fault: AppError | None = None
    outcome: ActOut | None = None
    # No session is open here: an act waits for readers of the former content.
    if curator:
        try:
            curator.check(fields)
            is_preview = fields.get("step") != "confirm"
            reason = fields.get("reason", "").strip()[:2_000] or None
            outcome = _performed(request, fields)(Curation(curator.name, reason, is_preview))
        except AppError as error:
            fault = error
    with request.app.state.database.read() as session:
        visit = Visit(request, session, language)
        if fault:
            return error_page(visit, fault)
        if curator is None or outcome is None:
            return _sign_in_page(visit, word("key_wrong", visit.lang))
        return private_response(_act_page(visit, curator, outcome, fields))


def _act_page(visit: Visit, curator: Curator, outcome: ActOut, fields: Mapping[str, str]) -> str:
    repeated = {name: text for name, text in fields.items() if name not in ("token", "step")}
    return render(
        visit,
        "act.html",
        word("desk", visit.lang),
        section="desk",
        private=True,
        curator=curator,
        outcome=outcome,
        fields=repeated,
    )


def _performed(request: Request, fields: Mapping[str, str]) -> Perform:
    """Return the act that a form asks for. Raises BadRequest."""
    database = request.app.state.database
    channel = request.app.state.settings.channel
    kind = fields.get("act", "")
    entity, value = fields.get("entity", "").strip(), fields.get("value", "").strip()
    if kind in ("merge", "split", "alias"):
        for name, text in (("entity", entity), ("value", value)):
            if not text or not text.isprintable() or len(text) > MAX_NAME_CHARS:
                raise BadRequest(
                    f"{name}: expected one line of 1 to {MAX_NAME_CHARS} printable characters"
                )
    if kind == "merge":
        return lambda curation: acts.merge(database, channel, entity, value, curation)
    if kind == "split":
        names = comma_separated(value.replace("、", ",").replace("，", ","))
        return lambda curation: acts.split(database, channel, entity, names, curation)
    if kind == "alias":
        return lambda curation: acts.alias(
            database, channel, entity, value, None, "spelling", curation
        )
    judgement = fields.get("judgement", "")
    if kind in ("positive", "negative"):
        return lambda curation: acts.settle(database, channel, judgement, kind, curation)
    if kind == "undo":
        return lambda curation: acts.undo(database, channel, judgement, curation)
    raise BadRequest(
        f"act: {kind[:40]!r} is not valid; expected one of: merge, split, alias, positive, "
        "negative, undo"
    )


def _sign_in_page(visit: Visit, fault: str) -> Response:
    page = render(
        visit,
        "sign_in.html",
        word("desk", visit.lang),
        section="desk",
        private=True,
        fault=fault,
    )
    return private_response(page, 401 if fault else 200)


def _desk_page(visit: Visit, curator: Curator) -> str:
    session = visit.session
    query = visit.read(ReviewList)
    listing = judgements.review(session, query.model_copy(update={"limit": 10}), visit.lang)
    rows = []
    for link in listing.entries:
        rows.append({"link": link, "candidate_items": _items_of(visit, link.candidate.id)})
    events = audit.events(session, AuditList(actor=curator.name, limit=MAX_ACTS)).entries
    return render(
        visit,
        "desk.html",
        word("desk", visit.lang),
        section="desk",
        private=True,
        curator=curator,
        listing=listing,
        rows=rows,
        acts=[event for event in events if event.action in (*_UNDOABLE, "undo")],
        undoable=_UNDOABLE,
        prefill=visit.request.query_params.get("entity", ""),
        use={"as_api": visit.address("/v1/review")},
    )


def _items_of(visit: Visit, entity_id: str) -> list[Any]:
    pk = entity_lists.of_id(visit.session, entity_id)
    return latest_items(visit.session, [pk], 5).get(pk, []) if pk else []
