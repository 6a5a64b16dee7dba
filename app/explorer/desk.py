"""The desk of curators: links to review, merge, split and alias with a preview, and undo."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.api.wire.deps import AcceptLanguageDep, SessionDep
from app.api.wire.writing import Writers
from app.curate import acts
from app.curate.conduct import Curation
from app.errors import AppError, BadRequest, Forbidden, NotFound
from app.explorer.forms import Curator, FormDep, curator_of, sign_in, sign_out, signed_in
from app.explorer.pages import error_page, private_response, redirect, render
from app.explorer.sentences import in_words_of
from app.explorer.visit import Visit
from app.explorer.words import word
from app.query.curation import audit, judgements
from app.query.entities import lists as entity_lists
from app.query.entities import references
from app.query.names.autocomplete import latest_items
from app.query.request.entity_params import ReviewList
from app.query.request.params import Text, comma_separated
from app.query.request.write_params import AuditList
from app.query.schemas.entities import EntityOut
from app.query.schemas.judgements import ActOut

router = APIRouter(include_in_schema=False)

MAX_ACTS = 15
"""Recent acts that the desk lists."""
MAX_REVIEWED = 10
"""Links to review on a page."""
MAX_NAME_CHARS = 200
_UNDOABLE = ("merge", "split", "alias", "link", "reject", "create")
_SENTENCES = ("merge", "split", "alias", "positive", "negative", "undo")
"""Acts that a sentence describes."""
_NAMES = {"entity": "entity_name", "value": "value_name"}
"""Fields of a form, and the fields with the names of their objects."""
Perform = Callable[[Curation], ActOut]


class DeskPage(ReviewList):
    """The state of the desk: a page of the queue, and the entity that the form begins with."""

    entity: Text | None = Field(None)


@router.get("/desk")
def desk(request: Request, session: SessionDep, language: AcceptLanguageDep) -> Response:
    """Return the desk, or the form to sign in."""
    visit = Visit(request, session, language)
    curator = signed_in(request)
    if curator is None:
        return _sign_in_page(visit, "")
    try:
        query = visit.read(DeskPage)
        form = {"entity": query.entity or ""}
        return private_response(_desk_page(visit, curator, query, form))
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
        if isinstance(fault, Forbidden):
            return error_page(visit, fault)
        if curator and fault:
            page = _desk_page(visit, curator, DeskPage(), fields, fault.detail)
            return private_response(page, fault.status)
        if curator is None or outcome is None:
            return _sign_in_page(visit, word("key_wrong", visit.lang))
        return private_response(_act_page(visit, curator, outcome, fields))


def _act_page(visit: Visit, curator: Curator, outcome: ActOut, fields: Mapping[str, str]) -> str:
    repeated = {name: text for name, text in fields.items() if name not in ("token", "step")}
    warnings: list[str] = []
    if outcome.dry_run:
        repeated |= _names_of(visit, fields)
        warnings = list(_warnings(visit, fields))
    names = [repeated.get(name, "") for name in _NAMES.values()]
    kind = fields["act"] if fields["act"] in _SENTENCES else "undo"
    return render(
        visit,
        "act.html",
        word("desk", visit.lang),
        section="desk",
        private=True,
        curator=curator,
        outcome=outcome,
        entity_name=_object_name(visit, outcome.entity.id),
        fields=repeated,
        names=repeated,
        sentence=word(f"did_{kind}", visit.lang).format(*names),
        warnings=warnings,
        affected=sorted(outcome.items.refs, key=lambda ref: ref.date, reverse=True),
    )


def _names_of(visit: Visit, fields: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the objects of a form, before the act changes them."""
    names = {}
    for field, target in _NAMES.items():
        text = fields.get(field, "").strip()
        is_reference = field == "entity" or fields.get("act") == "merge"
        entity = _entity(visit, text) if is_reference else None
        names[target] = fields.get(target) or (entity.name if entity else text)
    return names


def _entity(visit: Visit, reference: str) -> EntityOut | None:
    try:
        pk = references.resolve(visit.session, reference)
    except (NotFound, BadRequest):
        return None
    return entity_lists.one(visit.session, pk, visit.lang)


def _warnings(visit: Visit, fields: Mapping[str, str]) -> Iterator[str]:
    """Yield what speaks against a merge: two types, or two entities of the catalogue."""
    if fields.get("act") != "merge":
        return
    source = _entity(visit, fields.get("entity", ""))
    target = _entity(visit, fields.get("value", ""))
    if source is None or target is None or source.id == target.id:
        return
    lang = visit.lang
    if source.type != target.type:
        types = word(source.type, lang), word(target.type, lang)
        yield word("warn_types", lang).format(
            source.name,
            types[0],
            target.name,
            types[1],
        )
    if _is_registered(source) and _is_registered(target):
        yield word("warn_known", lang).format(source.name, target.name)


def _is_registered(entity: EntityOut) -> bool:
    """Return whether the catalogue has an entity."""
    return any(alias.origin == "catalogue" for alias in entity.aliases)


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


def _desk_page(
    visit: Visit,
    curator: Curator,
    query: DeskPage,
    form: Mapping[str, str],
    fault: str = "",
) -> str:
    """Return the desk; `form` fills the form in, `fault` says why an act was not possible."""
    session = visit.session
    sentence, fault_lang = in_words_of(visit.lang, fault)
    review = ReviewList(sort=query.sort, cursor=query.cursor, limit=MAX_REVIEWED)
    listing = judgements.review(session, review, visit.lang)
    rows = []
    for link in listing.entries:
        rows.append({"link": link, "candidate_items": _items_of(visit, link.candidate.id)})
    events = audit.events(session, AuditList(actor=curator.name, limit=MAX_ACTS)).entries
    acts = [event for event in events if event.action in (*_UNDOABLE, "undo")]
    ids = [str(event.details["judgement"]) for event in acts if event.details.get("judgement")]
    known = judgements.by_ids(session, ids)
    undoable = set()
    for judgement in known.values():
        if judgement.kind in _UNDOABLE and not judgement.undone_by:
            undoable.add(judgement.id)
    return render(
        visit,
        "desk.html",
        word("desk", visit.lang),
        section="desk",
        private=True,
        curator=curator,
        listing=listing,
        rows=rows,
        acts=acts,
        name_of=lambda event: _object_name(visit, event.object_id),
        method=lambda method: _method(method, visit.lang),
        undoable=undoable,
        form=form,
        fault=sentence,
        fault_lang=fault_lang,
        use={"as_api": visit.address("/v1/review")},
    )


def _object_name(visit: Visit, entity_id: str) -> str:
    entity = _entity(visit, entity_id)
    return entity.name if entity else entity_id


def _method(method: str, lang: str) -> str:
    """Return in plain words how a candidate was found."""
    name = f"method_{method}"
    text = word(name, lang)
    return method if text.lower().startswith("method") else text


def _items_of(visit: Visit, entity_id: str) -> list[Any]:
    pk = references.of_id(visit.session, entity_id)
    return list(latest_items(visit.session, [pk], 5).get(pk, ())) if pk else []
