"""The query strings of writes, and of the lists about them."""

from typing import Annotated

from pydantic import Field

from app.query.request.params import Fields, Paging, Params, Text

MAX_REASON_CHARS = 250
DryRun = Annotated[bool, Field(description="Whether to report the effect and write nothing.")]


class IngestQuery(Params):
    channel: Text | None = Field(None, description="The channel; by default the default one.")
    name: Text | None = Field(
        None,
        description="Name of the document's file; by default its date with `.md`. It tells the "
        "editions of a day apart.",
        examples=["2025-12-23-pm.md"],
    )
    dry_run: DryRun = False


class BatchQuery(Params):
    channel: Text | None = Field(None, description="The channel; by default the default one.")
    dry_run: DryRun = False


class ReplaceQuery(Params):
    dry_run: DryRun = False


class DeletionQuery(Params):
    reason: Text = Field(
        min_length=1,
        description="Why; shown at the former addresses and in the audit log.",
        examples=["Published by mistake"],
    )
    dry_run: DryRun = False


class RestorationQuery(Params):
    reason: Text | None = Field(None, description="Why; shown in the audit log.")
    dry_run: DryRun = False


class DeletionList(Paging, Fields):
    pass


class AuditList(Paging, Fields):
    actor: Text | None = Field(None, description="Only acts of this key, `cli` or `briefbase`.")
    action: Text | None = Field(
        None,
        description="Only these acts: `ingest`, `delete`, `restore`, `purge`, `merge`, `split`, "
        "`alias`, `link`, `reject`, `undo`, `key.create`, `key.rotate`, `key.revoke`.",
        examples=["ingest"],
    )
    object: Text | None = Field(
        None,
        description="Only acts on the object with this id.",
        examples=["2025-12-23"],
    )
