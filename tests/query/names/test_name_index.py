"""The index finds what a scan of every name finds."""

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


def scan(rows: list[Row], weights: dict[int, int], typed: str, limit: int) -> list[Match]:
    """Return the best matches by comparing every name."""
    key = name_key(typed[:64]) if typed.strip() else ""
    if not key:
        return []
    rows = sorted(rows, key=lambda row: (row[1], row[0]))
    best: dict[int, Match] = {}
    for row in rows:
        match = _match(row, key)
        if match and (match.entity not in best or match.score > best[match.entity].score):
            best[match.entity] = match
    is_exact = any(match.how == "exact" for match in best.values())
    if len(best) < limit and len(key) >= 4 and not is_exact:
        for match in _typo_matches(rows, key):
            best.setdefault(match.entity, match)

    def rank(match: Match) -> tuple[float, int, str, int]:
        return -round(match.score, 3), -weights[match.entity], match.spelling, match.entity

    return sorted(best.values(), key=rank)[:limit]


def _match(row: Row, key: str) -> Match | None:
    entity, name, row_key, is_shown = row
    if key not in row_key:
        return None
    if row_key == key:
        return Match(entity, name, "exact", 1.0)
    nearness = 0.04 * len(key) / len(row_key) + 0.02 * is_shown
    if row_key.startswith(key):
        return Match(entity, name, "prefix", round(0.9 + nearness, 4))
    base_score = 0.8 if _begins_a_later_word(name, key) else 0.7
    return Match(entity, name, "infix", round(base_score + nearness, 4))


def _begins_a_later_word(name: str, key: str) -> bool:
    pieces = _GAPS.split(fold(name))
    for first in range(1, len(pieces)):
        if pieces[first] and "".join(pieces[first:]).startswith(key):
            return True
    return False


def _typo_matches(rows: list[Row], key: str) -> list[Match]:
    allowed = 1 if len(key) < 8 else 2
    shared = _shared_bigrams(rows, key, allowed)
    nearest = sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:CANDIDATES]
    matches = []
    for index, _ in nearest:
        entity, name, row_key, _ = rows[index]
        distances = []
        for end in (len(key) - 1, len(key), len(key) + 1, len(row_key)):
            distances.append(OSA.distance(key, row_key[:end], score_cutoff=allowed))
        typos = min(distances)
        if typos <= allowed:
            matches.append(Match(entity, name, "typo", round(0.6 * (1 - typos / len(key)), 4)))
    return sorted(matches, key=lambda match: -match.score)


def _shared_bigrams(rows: list[Row], key: str, allowed: int) -> Counter[int]:
    """Return the number of bigrams that each possible row shares with `key`, by its index."""
    shared: Counter[int] = Counter()
    bigrams = set(pairwise(key))
    for index, (_, _, row_key, _) in enumerate(rows):
        count = len(bigrams & set(pairwise(row_key)))
        is_long_enough = len(row_key) >= len(key) - allowed
        is_near = 0 < count >= len(bigrams) - 3 * allowed
        if is_long_enough and is_near and (len(key) >= 6 or key[0] == row_key[0]):
            shared[index] = count
    return shared


def _similar_names(
    chance: random.Random, count: int, letters: str
) -> tuple[list[Row], dict[int, int]]:
    """Return names that resemble each other, several of an entity, and weights."""
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
    """Return a part of a name, often with a typo or two."""
    _, spelling, key, _ = chance.choice(rows)
    name = chance.choice([spelling, key])
    start = chance.choice([0, 0, chance.randrange(len(name))])
    typed = list(name[start : start + chance.randint(1, 12)])
    for _ in range(chance.choice([0, 0, 1, 2])):
        index = chance.randrange(len(typed) + 1)
        swapped = typed[index + 1 : index + 2] + typed[index : index + 1]
        length = chance.choice([0, 1])
        typed[index : index + length] = chance.choice([[], [chance.choice(letters)], swapped])
    return "".join(typed) or chance.choice(letters)


@pytest.mark.parametrize("letters", ["ab", "abcdef", "abc12. -", "模型推理昇騰升", "aA1模型é🎉"])
@pytest.mark.parametrize("limit", [1, 3, 10, 50])
def test_the_index_finds_what_a_scan_finds(letters: str, limit: int) -> None:
    chance = random.Random(f"{letters}{limit}")
    for count in (3, 60, 900):
        rows, weights = _similar_names(chance, count, letters)
        known = NameLookup(VERSION, NameIndex(rows, weights))
        for _ in range(60):
            typed = _typed(chance, rows, letters)
            assert known.find(typed, limit) == scan(rows, weights, typed, limit), typed


def test_equal_matches_are_ranked_alike() -> None:
    chance = random.Random(7)
    rows = [
        (n // 2, f"Model {chance.choice('abcdef')}{n % 700:03}", "", chance.random() < 0.5)
        for n in range(6_000)
    ]
    rows = [(entity, name, name_key(name), is_shown) for entity, name, _, is_shown in rows]
    weights = {entity: chance.randint(1, 3) for entity, *_ in rows}
    known = NameLookup(VERSION, NameIndex(rows, weights))
    for typed in ("m", "model", "model a", "a0", "0", "12", "modle", "mdoel a00"):
        for limit in (1, 10, 50):
            assert known.find(typed, limit) == scan(rows, weights, typed, limit)


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
def test_any_names_and_any_text(names: list[tuple[int, str, bool]], typed: str) -> None:
    rows = [(entity, name, name_key(name), is_shown) for entity, name, is_shown in names]
    weights = dict.fromkeys((entity for entity, *_ in rows), 1)
    assert NameLookup(VERSION, NameIndex(rows, weights)).find(typed, 5) == scan(
        rows, weights, typed, 5
    )


def test_changed_entities_are_found_as_in_a_new_index() -> None:
    chance = random.Random(3)
    rows, weights = _similar_names(chance, 300, "abcd")
    changed = chance.sample(sorted(weights), 40)
    gone = set(changed[:10])
    since = [
        (entity, name + "x", name_key(name + "x"), is_shown)
        for entity, name, _, is_shown in rows
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
        assert known.find(typed, 8) == scan(now, moved, typed, 8), typed
    assert all(known.weight(entity) == moved[entity] for entity in moved)
    assert known.weight(10_000) == 0


def test_a_search_among_many_names_stays_quick() -> None:
    names = [f"Model-{n:05} {n * 7919 % 99991}" for n in range(20_000)]
    lookup = NameLookup(
        VERSION,
        NameIndex(
            [(n, name, name_key(name), True) for n, name in enumerate(names)],
            dict.fromkeys(range(20_000), 1),
        ),
    )
    for typed in ("model", "mdoel-00123", "9" * 64, "zzzzzzzz", "ab" * 128, "1"):
        begun = time.perf_counter()
        lookup.find(typed, 10)
        assert time.perf_counter() - begun < 0.3
