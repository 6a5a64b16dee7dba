from app.store.document.contents import SavedContents
from app.store.document.save_batch import FormerVersion, SaveBatch


def test_rows_of_both_versions_are_touched() -> None:
    batch = SaveBatch()
    former = FormerVersion(entities={1}, sources={2}, tags={3})
    batch.touch(7, former, SavedContents({4}, {5}, {"k:a"}))
    touched = batch.touched
    assert (touched.briefings, touched.entities, touched.sources) == ({7}, {1}, {2, 4})
    assert (batch.tags, batch.judged_nodes) == ({3, 5}, {"k:a"})
