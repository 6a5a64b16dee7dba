"""The index against a plain look at every name."""

import random
import re
import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from app.normalize.entities.names import name_key
from app.normalize.text.folding import fold
from app.query.names.autocomplete import NameLookup
from app.query.names.name_index import CANDIDATES, Match, NameIndex
from app.query.snapshot.dataset import Version

Row = tuple[int, str, str, bool]
_GAPS = re.compile(r"[\s\-_/.·•()（）]+")
VERSION = Version("v-1", None)


def plainly(rows: list[Row], weights: dict[int, int], typed: str, limit: int) -> list[Match]:
    """What is to be found, by looking at every name."""
    key = name_key(typed[:64]) if typed.strip() else ""
    if not key:
        return []
    rows = sorted(rows, key=lambda row: (row[1], row[0]))
    best: dict[int, Match] = {}
    for entity, written, held, shown in rows:
        if key not in held:
            continue
        nearness = 0.04 * len(key) / len(held) + 0.02 * shown
        if held == key:
            match = Match(entity, written, "exact", 1.0)
        elif held.startswith(key):
            match = Match(entity, written, "prefix", round(0.9 + nearness, 4))
        else:
            pieces = _GAPS.split(fold(written))
            later = any(
                "".join(pieces[at:]).startswith(key) for at in range(1, len(pieces)) if pieces[at]
            )
            match = Match(entity, written, "infix", round((0.8 if later else 0.7) + nearness, 4))
        if entity not in best or match.score > best[entity].score:
            best[entity] = match
    if len(best) < limit and len(key) >= 4 and all(match.how != "exact" for match in best.values()):
        for match in _slips(rows, key):
            best.setdefault(match.entity, match)
    return sorted(
        best.values(), key=lambda m: (-round(m.score, 3), -weights[m.entity], m.written, m.entity)
    )[:limit]


def _slips(rows: list[Row], key: str) -> list[Match]:
    shared: Counter[int] = Counter()
    allowed = 1 if len(key) < 8 else 2
    grams = set(pairwise(key))
    for at, (_, _, held, _) in enumerate(rows):
        count = len(grams & set(pairwise(held)))
        if (
            count
            and len(held) >= len(key) - allowed
            and count >= len(grams) - 3 * allowed
            and (len(key) >= 6 or key[0] == held[0])
        ):
            shared[at] = count
    found = []
    for at, _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:CANDIDATES]:
        entity, written, held, _ = rows[at]
        slips = min(
            OSA.distance(key, held[:end], score_cutoff=allowed)
            for end in {len(key) - 1, len(key), len(key) + 1, len(held)}
        )
        if slips <= allowed:
            found.append(Match(entity, written, "typo", round(0.6 * (1 - slips / len(key)), 4)))
    return sorted(found, key=lambda match: -match.score)


def _some(chance: random.Random, count: int, letters: str) -> tuple[list[Row], dict[int, int]]:
    """Names that resemble each other, several of an entity."""
    words = ["".join(chance.choices(letters, k=chance.randint(1, 5))) for _ in range(30)]
    rows: dict[tuple[int, str], Row] = {}
    for _ in range(count):
        entity = chance.randint(1, count // 2)
        name = "".join(
            chance.choice(words) + chance.choice(["", " ", "-", ".", "(", "·"])
            for _ in range(chance.randint(1, 3))
        )
        rows[entity, name] = (entity, name, name_key(name), chance.random() < 0.5)
    return list(rows.values()), {entity: chance.choice([1, 1, 2, 9]) for entity, _ in rows}


def _typed(chance: random.Random, rows: list[Row], letters: str) -> str:
    """Part of a name, often with a slip or two."""
    name = chance.choice(rows)[chance.choice([1, 2])]
    start = chance.choice([0, 0, chance.randrange(len(name))])
    typed = list(name[start : start + chance.randint(1, 12)])
    for _ in range(chance.choice([0, 0, 1, 2])):
        at = chance.randrange(len(typed) + 1)
        typed[at : at + chance.choice([0, 1])] = chance.choice(
            [[], [chance.choice(letters)], typed[at + 1 : at + 2] + typed[at : at + 1]]
        )
    return "".join(typed) or chance.choice(letters)


@pytest.mark.parametrize("letters", ["ab", "abcdef", "abc12. -", "模型推理昇騰升", "aA1模型é🎉"])
@pytest.mark.parametrize("limit", [1, 3, 10, 50])
def test_finds_what_a_look_at_every_name_finds(letters: str, limit: int) -> None:
    chance = random.Random(f"{letters}{limit}")
    for count in (3, 60, 900):
        rows, weights = _some(chance, count, letters)
        known = NameLookup(VERSION, NameIndex(rows, weights))
        for _ in range(60):
            typed = _typed(chance, rows, letters)
            assert known.find(typed, limit) == plainly(rows, weights, typed, limit), typed


def test_ranks_many_equals_alike() -> None:
    chance = random.Random(7)
    rows = [
        (n // 2, f"Model {chance.choice('abcdef')}{n % 700:03}", "", chance.random() < 0.5)
        for n in range(6_000)
    ]
    rows = [(entity, name, name_key(name), shown) for entity, name, _, shown in rows]
    weights = {entity: chance.randint(1, 3) for entity, *_ in rows}
    known = NameLookup(VERSION, NameIndex(rows, weights))
    for typed in ("m", "model", "model a", "a0", "0", "12", "modle", "mdoel a00"):
        for limit in (1, 10, 50):
            assert known.find(typed, limit) == plainly(rows, weights, typed, limit)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 5), st.text(min_size=1, max_size=12).filter(name_key), st.booleans()
        ),
        max_size=12,
    ),
    st.text(max_size=8),
)
def test_any_names_any_text(given_: list[tuple[int, str, bool]], typed: str) -> None:
    rows = [(entity, name, name_key(name), shown) for entity, name, shown in given_]
    weights = dict.fromkeys((entity for entity, *_ in rows), 1)
    assert NameLookup(VERSION, NameIndex(rows, weights)).find(typed, 5) == plainly(
        rows, weights, typed, 5
    )


def test_what_changed_is_found_as_if_all_were_put_together_anew() -> None:
    chance = random.Random(3)
    rows, weights = _some(chance, 300, "abcd")
    changed = chance.sample(sorted(weights), 40)
    gone = set(changed[:10])
    since = [
        (entity, name + "x", name_key(name + "x"), shown)
        for entity, name, _, shown in rows
        if entity in set(changed) - gone
    ]
    moved = weights | {entity: 0 if entity in gone else 5 for entity in changed}
    known = NameLookup(
        VERSION,
        NameIndex(rows, weights),
        VERSION,
        NameIndex(since, {entity: moved[entity] for entity in changed}),
    )
    now = [row for row in rows if row[0] not in changed] + since
    for _ in range(300):
        typed = _typed(chance, now, "abcdx")
        assert known.find(typed, 8) == plainly(now, moved, typed, 8), typed
    assert all(known.weight(entity) == moved[entity] for entity in moved)
    assert known.weight(10_000) == 0


def test_looking_among_many_names_stays_quick() -> None:
    names = [f"Model-{n:05} {n * 7919 % 99991}" for n in range(20_000)]
    many = NameLookup(
        VERSION,
        NameIndex(
            [(n, name, name_key(name), True) for n, name in enumerate(names)],
            dict.fromkeys(range(20_000), 1),
        ),
    )
    for typed in ("model", "mdoel-00123", "9" * 64, "zzzzzzzz", "ab" * 128, "1"):
        begun = time.perf_counter()
        many.find(typed, 10)
        assert time.perf_counter() - begun < 0.3
