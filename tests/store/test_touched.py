from collections import Counter

from app.store.dataset import Event
from app.store.touched import Touched


def test_touched_rows_add_up() -> None:
    event = Event("removed", "entity", "e_1", {})
    touched = Touched(briefings={1}, items={1}, spellings=Counter({(1, "A"): 1}))
    touched.add(
        Touched(
            briefings={2},
            items={1, 2},
            entities={3},
            sources={4},
            relinked_briefings={5},
            spellings=Counter({(1, "A"): -1, (2, "B"): -2}),
            events=[event],
        )
    )
    assert (touched.briefings, touched.items, touched.entities) == ({1, 2}, {1, 2}, {3})
    assert (touched.sources, touched.relinked_briefings) == ({4}, {5})
    assert touched.spellings == {(1, "A"): 0, (2, "B"): -2}
    assert touched.events == [event]
