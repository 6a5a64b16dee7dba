"""Acts that contradict earlier judgements or the catalogue are refused with a reason."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from app.errors import Conflict, NotFound
from app.store.db import Database
from app.store.tables import Entity
from tests.curate.conftest import alias, merge, split, undo


def test_impossible_acts_are_refused(two_documents: Database) -> None:
    merged = merge(two_documents, "Bazquux", "NVIDIA")
    with two_documents.read() as session:
        of_bazquux = select(col(Entity.id)).where(col(Entity.node) == "k:bazquux")
        old_id = session.exec(of_bazquux).one()
    assert merge(two_documents, old_id, "NVIDIA").judgements == merged.judgements
    refused: list[tuple[Callable[..., Any], str, str, str]] = [
        (merge, "NVIDIA", "NVIDIA", "into itself"),
        (merge, "NVIDIA", old_id, "into itself"),
        (merge, old_id, "Qwen", "already merged"),
        (split, "NVIDIA", "Bazquux", "undo that first"),
        (split, "NVIDIA", "Qwen", "not a spelling"),
        (split, "Foobar Lab", "Foobar Lab", "main name"),
        (alias, "NVIDIA", "Qwen", "already names Qwen"),
        (alias, "NVIDIA", "老黃", "already names Jensen Huang"),
    ]
    for act, reference, other, reason in refused:
        with pytest.raises(Conflict, match=reason):
            act(two_documents, reference, other)


def test_a_split_spelling_cannot_be_joined_again(two_documents: Database) -> None:
    split(two_documents, "Qwen", "千問")
    with pytest.raises(Conflict, match="says that 千問 is not Qwen"):
        merge(two_documents, "千問", "Qwen")
    with pytest.raises(Conflict, match="says that 千問 is not Qwen"):
        alias(two_documents, "Qwen", "千問")


def test_unknown_references_are_not_found(two_documents: Database) -> None:
    with pytest.raises(NotFound):
        merge(two_documents, "Nobody At All", "NVIDIA")
    with pytest.raises(NotFound):
        undo(two_documents, "j_nothing")


def test_an_undo_cannot_be_undone(two_documents: Database) -> None:
    merged = merge(two_documents, "Bazquux", "NVIDIA")
    undone = undo(two_documents, merged.judgements[0])
    with pytest.raises(Conflict, match="An undo cannot be undone; repeat the original action"):
        undo(two_documents, undone.judgements[0])


def test_opposite_merges_make_no_circle(two_documents: Database) -> None:
    results: list[str] = []

    def run(source: str, target: str) -> None:
        try:
            merge(two_documents, source, target)
            results.append("merged")
        except Conflict:
            results.append("refused")

    pairs = (("Bazquux", "NVIDIA"), ("NVIDIA", "Bazquux"))
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["merged", "refused"]
    with two_documents.read() as session:
        rows = session.exec(select(Entity).where(col(Entity.merged_into_pk).is_not(None))).all()
    sources = {entity.pk for entity in rows}
    assert not sources & {entity.merged_into_pk for entity in rows}
