"""The ledger of names: merge, split, alias, undo, and the links that wait for a person."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AfterValidator, Field

from app.api.entities import EntityId
from app.api.wire import responses
from app.api.wire.bodies import In, body_of, documented
from app.api.wire.deps import (
    AcceptLanguageDep,
    DatabaseDep,
    SessionDep,
    SettingsDep,
    reject_repeated_parameters,
)
from app.api.wire.keys import CuratorDep
from app.api.wire.preconditions import ExpectationDep
from app.api.wire.responses import PRIVATE
from app.curate import acts
from app.curate.conduct import Curation
from app.normalize.kinds import ALIAS_KINDS, LANGUAGES
from app.query import judgements as query
from app.query.request.params import NoQuery, ReviewList
from app.query.schemas.ledger import ActOut, ReviewOut
from app.query.schemas.lists import Page

router = APIRouter(prefix="/v1", tags=["ledger"])


def _name(value: str) -> str:
    if not value.isprintable() or any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError("a name is one line of printable characters")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_name)]
Reason = Annotated[str | None, Field(max_length=2_000, description="Kept with the judgement.")]
JudgementId = Annotated[
    str,
    Path(
        description="A judgement's id; the id of a spelling a curator gave is one.",
        max_length=64,
        examples=["j_mq3dzk5ya2c7"],
    ),
]


class AliasIn(In):
    name: Name
    lang: Annotated[str | None, Field(json_schema_extra={"enum": [*LANGUAGES, None]})] = None
    kind: Annotated[str, Field(json_schema_extra={"enum": list(ALIAS_KINDS)})] = "spelling"
    reason: Reason = None
    dry_run: bool = False

    def model_post_init(self, _: Any) -> None:
        if self.lang not in (*LANGUAGES, None):
            raise ValueError(f"lang is one of {', '.join(LANGUAGES)}")
        if self.kind not in ALIAS_KINDS:
            raise ValueError(f"kind is one of {', '.join(ALIAS_KINDS)}")


class MergeIn(In):
    into: Annotated[Name, Field(description="Id, slug or spelling of the entity it becomes.")]
    reason: Reason = None
    dry_run: bool = False


class SplitIn(In):
    names: Annotated[list[Name], Field(min_length=1, max_length=50)]
    reason: Reason = None
    dry_run: bool = False


class ReasonIn(In):
    reason: Reason = None
    dry_run: bool = False


class VerdictIn(ReasonIn):
    verdict: Literal["positive", "negative"]


AliasBody = Annotated[AliasIn, Depends(body_of(AliasIn))]
MergeBody = Annotated[MergeIn, Depends(body_of(MergeIn))]
SplitBody = Annotated[SplitIn, Depends(body_of(SplitIn))]
ReasonBody = Annotated[ReasonIn, Depends(body_of(ReasonIn))]
VerdictBody = Annotated[VerdictIn, Depends(body_of(VerdictIn))]
Nothing = Annotated[NoQuery, Query()]


@router.post(
    "/entities/{entity_id:path}/aliases",
    response_model=ActOut,
    summary="Give a spelling to an entity",
    openapi_extra=documented(AliasIn),
)
def add_alias(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    entity_id: EntityId,
    given: AliasBody,
    params: Nothing,
    expects: ExpectationDep,
) -> Any:
    said = Curation(actor, given.reason, given.dry_run, expects)
    return _told(
        acts.alias(database, settings.channel, entity_id, given.name, given.lang, given.kind, said)
    )


@router.delete(
    "/entities/{entity_id:path}/aliases/{alias_id}",
    response_model=ActOut,
    summary="Take back a spelling a curator gave",
)
def delete_alias(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    entity_id: EntityId,
    alias_id: JudgementId,
    params: Nothing,
    expects: ExpectationDep,
) -> Any:
    return _told(
        acts.drop_alias(
            database, settings.channel, entity_id, alias_id, Curation(actor, expects=expects)
        )
    )


@router.post(
    "/entities/{entity_id:path}/merge",
    response_model=ActOut,
    summary="Make all of an entity another",
    openapi_extra=documented(MergeIn),
)
def merge(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    entity_id: EntityId,
    given: MergeBody,
    params: Nothing,
    expects: ExpectationDep,
) -> Any:
    said = Curation(actor, given.reason, given.dry_run, expects)
    return _told(acts.merge(database, settings.channel, entity_id, given.into, said))


@router.post(
    "/entities/{entity_id:path}/split",
    response_model=ActOut,
    summary="Split spellings off an entity",
    openapi_extra=documented(SplitIn),
)
def split(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    entity_id: EntityId,
    given: SplitBody,
    params: Nothing,
    expects: ExpectationDep,
) -> Any:
    said = Curation(actor, given.reason, given.dry_run, expects)
    return _told(acts.split(database, settings.channel, entity_id, given.names, said))


@router.post(
    "/judgements/{judgement_id}/undo",
    response_model=ActOut,
    summary="Undo a curator's judgement",
    openapi_extra=documented(ReasonIn),
)
def undo(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    judgement_id: JudgementId,
    given: ReasonBody,
    params: Nothing,
    expects: ExpectationDep,
) -> Any:
    said = Curation(actor, given.reason, given.dry_run, expects)
    return _told(acts.undo(database, settings.channel, judgement_id, said))


@router.get(
    "/review",
    response_model=Page[ReviewOut],
    summary="Uncertain links that wait for a person",
    dependencies=[Depends(reject_repeated_parameters)],
)
def list_review(
    request: Request,
    actor: CuratorDep,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[ReviewList, Query()],
) -> Any:
    found = query.review(session, params, params.lang or language)
    answer = responses.list_response(request, session, found, ReviewOut, params)
    answer.headers.update(PRIVATE)
    return answer


@router.post(
    "/review/{judgement_id}",
    response_model=ActOut,
    summary="Settle an uncertain link",
    openapi_extra=documented(VerdictIn),
)
def settle(
    actor: CuratorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    judgement_id: JudgementId,
    given: VerdictBody,
    params: Nothing,
    expects: ExpectationDep,
) -> Any:
    said = Curation(actor, given.reason, given.dry_run, expects)
    return _told(acts.settle(database, settings.channel, judgement_id, given.verdict, said))


def _told(act: ActOut) -> Response:
    headers = {"Cache-Control": "no-store", "Dataset-Version": act.dataset_version}
    return Response(act.model_dump_json(), media_type="application/json", headers=headers)
