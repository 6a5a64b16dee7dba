"""What a transaction touched reaches all that is derived from it."""

from app.store.derived import Touched


def test_what_was_touched_adds_up() -> None:
    touched = Touched(briefings={1}, items={1, 2})
    touched.add(Touched(briefings={2}, items={2, 3}, entities={4}, sources={5}))
    assert touched == Touched(briefings={1, 2}, items={1, 2, 3}, entities={4}, sources={5})
