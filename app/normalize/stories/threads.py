"""Threads: items joined to stories, in the order of their positions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.normalize.identity import stable_id
from app.normalize.stories.features import StoryFeatures
from app.normalize.stories.links import CONFLICT, DIRECT_SIGNALS, StoryLink

MAX_THREAD_DAYS = 120
"""Days from the first item of a thread to its last."""

Role = Literal["new", "continuing", "update", "duplicate"]

# Most of a thread's last items must support a join by similarity.
_SUPPORTING_ITEMS = 3


@dataclass(frozen=True, slots=True)
class StoryMember:
    """Membership of an item: its thread, its role, and the earlier item that it joined."""

    thread: str
    role: Role
    joined: str | None


def thread_id(first_item: str) -> str:
    """Return the id of the thread that begins with an item."""
    return stable_id("th", first_item)


def assign_thread(
    item: str,
    day: date,
    links: Sequence[StoryLink],
    thread_of: Mapping[str, str],
    members: Mapping[str, Sequence[tuple[date, str]]],
) -> StoryMember:
    """Return the membership of an item, given those of all earlier items.

    `thread_of` maps items to threads, `members` threads to (day, item) in order. The item joins
    the thread of its strongest joining link that admits it: similarity needs links to most of the
    thread's last three items and no conflict with any; a thread spans at most 120 days. An item
    that no thread admits begins its own.
    """
    supporting, conflicting = _linked_items(links)
    refused = set(map(thread_of.__getitem__, conflicting))
    for link in _joining(links):
        thread = thread_of[link.earlier]
        first_day, _ = members[thread][0]
        if (day - first_day).days > MAX_THREAD_DAYS:
            continue

        is_direct = link.signal in DIRECT_SIGNALS
        if thread in refused and not is_direct:
            continue
        if is_direct or _is_supported(members[thread], supporting):
            same_thread = [other for other in links if thread_of[other.earlier] == thread]
            return StoryMember(thread, _role(same_thread), link.earlier)

    return StoryMember(thread_id(item), "new", None)


def _linked_items(links: Iterable[StoryLink]) -> tuple[set[str], set[str]]:
    """Return the earlier items of the links, and those of the conflicts."""
    supporting: set[str] = set()
    conflicting: set[str] = set()
    for link in links:
        if link.signal == CONFLICT:
            conflicting.add(link.earlier)
        else:
            supporting.add(link.earlier)

    return supporting, conflicting


def _joining(links: Iterable[StoryLink]) -> Iterator[StoryLink]:
    for link in links:
        if link.joins:
            yield link


def _is_supported(members: Sequence[tuple[date, str]], supporting: set[str]) -> bool:
    """Whether an item is linked to at least half of the last three members."""
    recent_items = members[-_SUPPORTING_ITEMS:]
    count = 0
    for _, item in recent_items:
        if item in supporting:
            count += 1

    return 2 * count >= len(recent_items)


def _role(links: Iterable[StoryLink]) -> Role:
    """Return the role of an item by its links to the thread that it joins."""
    reports = [link for link in links if link.same]
    if not reports:
        return "continuing"
    if all(link.news for link in reports):
        return "update"
    return "duplicate"


class ThreadBuilder:
    """Assigns threads to items that come in the order of their positions."""

    def __init__(self) -> None:
        """Start without threads."""
        self._thread_of: dict[str, str] = {}
        self._members: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)

    def assign(self, features: StoryFeatures, links: Sequence[StoryLink]) -> StoryMember:
        """Return the membership of the next item."""
        member = assign_thread(
            features.id,
            features.day,
            links,
            self._thread_of,
            self._members,
        )
        self._thread_of[features.id] = member.thread
        self._members[member.thread].append((features.day, features.id))
        return member
