"""Curation over HTTP: create, merge, split, alias, undo, and the review of names."""

from collections.abc import Generator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AfterValidator, Field

from app.api.entities import EntityId
from app.api.exports import places
from app.api.wire import responses
from app.api.wire.bodies import In, body_of, documented
from app.api.wire.deps import (
    AcceptLanguageDep,
    DatabaseDep,
    SessionDep,
    SettingsDep,
    reject_repeated_parameters,
)
from app.api.wire.keys import CuratorDep, ReviewerDep
from app.api.wire.preconditions import ExpectationDep
from app.api.wire.responses import PRIVATE
from app.api.wire.streams import StreamedFile, is_answered
from app.api.wire.writing import write_endpoint
from app.curate import acts, creation, ledger
from app.curate.conduct import Curation
from app.curate.creation import NewEntity
from app.normalize.kinds import AliasKind, EntityType, NameLanguage
from app.query.curation import judgements as query
from app.query.curation import unlisted
from app.query.request.entity_params import ReviewList
from app.query.request.params import NoQuery
from app.query.schemas.judgements import ActOut, ReviewOut, UnlistedOut
from app.query.schemas.lists import Page
from app.render.files.descriptions import MEDIA

router = APIRouter(prefix="/v1", tags=["curation"])


def _check_name(value: str) -> str:
    if not value.isprintable() or any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("expected one line of printable characters")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_check_name)]
DryRun = Annotated[bool, Field(description="Whether to report the effect and write nothing.")]
Reason = Annotated[str | None, Field(max_length=2_000, description="Stored with the judgement.")]
JudgementId = Annotated[
    str,
    Path(
        description="A judgement's id; for an alias that a curator added, also the alias's id.",
        max_length=64,
        examples=["j_mq3dzk5ya2c7"],
    ),
]


class AliasIn(In):
    """A spelling to add to an entity."""

    name: Annotated[Name, Field(description="The spelling.")]
    lang: NameLanguage | None = Field(None, description="Language of the spelling.")
    kind: AliasKind = Field("spelling", description="Kind of the spelling.")
    reason: Reason = None
    dry_run: DryRun = False


class EntityIn(In):
    """An entity to create, with its name as documents write it."""

    name: Annotated[Name, Field(description="The name; documents are searched for it.")]
    type: EntityType = Field(description="Type of the entity.")
    lang: NameLanguage | None = Field(None, description="Language of the name.")
    family: Annotated[
        Name | None, Field(description="Id, slug or spelling of the entity it is a part of.")
    ] = None
    maker: Annotated[
        Name | None, Field(description="Id, slug or spelling of the organisation that makes it.")
    ] = None
    reason: Reason = None
    dry_run: DryRun = False


class MergeIn(In):
    """The entity to merge into."""

    into: Annotated[Name, Field(description="Id, slug or spelling of the entity to merge into.")]
    reason: Reason = None
    dry_run: DryRun = False


class SplitIn(In):
    """Spellings to split off an entity."""

    names: Annotated[list[Name], Field(min_length=1, max_length=50, description="The spellings.")]
    reason: Reason = None
    dry_run: DryRun = False


class ReasonIn(In):
    """The reason of an act."""

    reason: Reason = None
    dry_run: DryRun = False


class VerdictIn(ReasonIn):
    """The verdict on an uncertain link."""

    verdict: Literal["positive", "negative"] = Field(
        description="`positive` confirms the link, `negative` rejects it for good."
    )


EntityBody = Annotated[EntityIn, Depends(body_of(EntityIn))]
AliasBody = Annotated[AliasIn, Depends(body_of(AliasIn))]
MergeBody = Annotated[MergeIn, Depends(body_of(MergeIn))]
SplitBody = Annotated[SplitIn, Depends(body_of(SplitIn))]
ReasonBody = Annotated[ReasonIn, Depends(body_of(ReasonIn))]
VerdictBody = Annotated[VerdictIn, Depends(body_of(VerdictIn))]
NoParams = Annotated[NoQuery, Query()]


@router.post(
    "/entities",
    response_model=ActOut,
    summary="Create an entity from a name",
    openapi_extra=documented(EntityIn),
)
@write_endpoint
def create_entity(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    body: EntityBody,
    params: NoParams,
) -> Any:
    curation = Curation(actor, body.reason, body.dry_run)
    entity = NewEntity(body.name, body.type, body.lang, body.family, body.maker)
    return _act_response(creation.create(database, settings.channel, entity, curation))


@router.post(
    "/entities/{entity_id:path}/aliases",
    response_model=ActOut,
    summary="Add a spelling to an entity",
    openapi_extra=documented(AliasIn),
)
@write_endpoint
def add_alias(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    entity_id: EntityId,
    body: AliasBody,
    params: NoParams,
    expects: ExpectationDep,
) -> Any:
    curation = Curation(actor, body.reason, body.dry_run, expects)
    act = acts.alias(
        database, settings.channel, entity_id, body.name, body.lang, body.kind, curation
    )
    return _act_response(act)


@router.delete(
    "/entities/{entity_id:path}/aliases/{alias_id}",
    response_model=ActOut,
    summary="Remove a spelling that a curator added",
)
@write_endpoint
def delete_alias(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    entity_id: EntityId,
    alias_id: JudgementId,
    params: NoParams,
    expects: ExpectationDep,
) -> Any:
    curation = Curation(actor, expects=expects)
    act = acts.drop_alias(
        database,
        settings.channel,
        entity_id,
        alias_id,
        curation,
    )
    return _act_response(act)


@router.post(
    "/entities/{entity_id:path}/merge",
    response_model=ActOut,
    summary="Merge an entity into another",
    openapi_extra=documented(MergeIn),
)
@write_endpoint
def merge_entity(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    entity_id: EntityId,
    body: MergeBody,
    params: NoParams,
    expects: ExpectationDep,
) -> Any:
    curation = Curation(actor, body.reason, body.dry_run, expects)
    return _act_response(
        acts.merge(
            database,
            settings.channel,
            entity_id,
            body.into,
            curation,
        )
    )


@router.post(
    "/entities/{entity_id:path}/split",
    response_model=ActOut,
    summary="Split spellings off an entity",
    openapi_extra=documented(SplitIn),
)
@write_endpoint
def split_entity(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    entity_id: EntityId,
    body: SplitBody,
    params: NoParams,
    expects: ExpectationDep,
) -> Any:
    curation = Curation(actor, body.reason, body.dry_run, expects)
    return _act_response(
        acts.split(
            database,
            settings.channel,
            entity_id,
            body.names,
            curation,
        )
    )


@router.post(
    "/judgements/{judgement_id}/undo",
    response_model=ActOut,
    summary="Undo a curator's judgement",
    openapi_extra=documented(ReasonIn),
)
@write_endpoint
def undo_judgement(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    judgement_id: JudgementId,
    body: ReasonBody,
    params: NoParams,
    expects: ExpectationDep,
) -> Any:
    curation = Curation(actor, body.reason, body.dry_run, expects)
    return _act_response(acts.undo(database, settings.channel, judgement_id, curation))


@router.get(
    "/judgements/catalogue.ndjson",
    summary="The corrections of curators as a catalogue",
    response_class=Response,
    responses={200: {"content": {MEDIA["ndjson"]: {"schema": {"type": "string"}}}}},
    dependencies=[Depends(reject_repeated_parameters)],
)
def export_corrections(
    request: Request, actor: ReviewerDep, database: DatabaseDep, params: NoParams
) -> Any:
    lines = ledger.snapshot(database)
    return places.response(
        request.scope,
        lambda: _catalogue_response(request, lines),
        close=lines.close,
    )


@router.get(
    "/review",
    response_model=Page[ReviewOut | UnlistedOut],
    summary="Uncertain links, or names that no catalogue has",
    dependencies=[Depends(reject_repeated_parameters)],
)
def list_review(
    request: Request,
    actor: ReviewerDep,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[ReviewList, Query()],
) -> Any:
    lang = params.lang or language
    if params.kind == "unlisted":
        names = unlisted.find(session, params, lang)
        response = responses.list_response(request, session, names, UnlistedOut, params)
    else:
        links = query.review(session, params, lang)
        response = responses.list_response(request, session, links, ReviewOut, params)
    response.headers.update(PRIVATE)
    return response


@router.post(
    "/review/{judgement_id}",
    response_model=ActOut,
    summary="Settle an uncertain link",
    openapi_extra=documented(VerdictIn),
)
@write_endpoint
def settle_link(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    judgement_id: JudgementId,
    body: VerdictBody,
    params: NoParams,
    expects: ExpectationDep,
) -> Any:
    curation = Curation(actor, body.reason, body.dry_run, expects)
    act = acts.settle(
        database,
        settings.channel,
        judgement_id,
        body.verdict,
        curation,
    )
    return _act_response(act)


def _catalogue_response(request: Request, lines: Generator[Any, None, None]) -> Response:
    version = next(lines)
    headers = responses.file_headers("catalogue.ndjson") | PRIVATE
    headers["ETag"] = responses.weak_etag(f"{version.text} corrections".encode())
    headers["Dataset-Version"] = version.text
    if is_answered(request, headers):
        lines.close()
        return Response(media_type=MEDIA["ndjson"], headers=headers)
    return StreamedFile(lines, MEDIA["ndjson"], headers)


def _act_response(act: ActOut) -> Response:
    headers = {"Cache-Control": "no-store", "Dataset-Version": act.dataset_version}
    return Response(act.model_dump_json(), media_type="application/json", headers=headers)
