"""Columns of data extension."""

from sqlmodel import Session

from app.query.entities import extension
from app.query.schemas.extension import ExtensionIn
from app.store.db import Database


def test_properties_are_proposed_by_type() -> None:
    ids = [entry.id for entry in extension.propose("model", 50).properties]
    assert {"name", "names.en", "type", "maker", "family", "first_seen"} <= set(ids)
    assert "maker" not in [entry.id for entry in extension.propose("org", 50).properties]
    assert len(extension.propose("", 3).properties) == 3


def test_properties_are_suggested_by_id_and_name() -> None:
    for prefix in ("mak", "MAKER", "Maker "):
        assert [entry.id for entry in extension.suggest_properties(prefix).result] == ["maker"]
    assert not extension.suggest_properties("colour").result
    assert len(extension.suggest_properties("").result) > 5


def test_both_engines_extend_alike(seeded: Database) -> None:
    columns = [{"id": entry.id} for entry in extension.propose("", 50).properties]
    query = ExtensionIn.model_validate({"ids": ["NVIDIA", "nobody"], "properties": columns})
    with seeded.read() as session:
        answer = extension.extend(session, query, "https://kb.example/v1/reconcile", "en")
        nvidia = answer.rows["NVIDIA"]
        assert [value.text for value in nvidia["name"]] == ["NVIDIA"]
        assert [value.text for value in nvidia["external_ids.wikidata"]] == ["Q182477"]
        assert not any(answer.rows["nobody"].values())
        prefixes = suggested(session, "e_6nspx")
        assert prefixes == ["e_6nspxqm6hxxv"]
        assert suggested(session, "e_") == suggested(session, "nvid") == []


def suggested(session: Session, prefix: str) -> list[str]:
    suggestions = extension.suggest_by_id(session, prefix, None)
    return [suggestion.id for suggestion in suggestions.result]
