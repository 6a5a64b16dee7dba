"""Headings that label a field of the item above, such as `#### Summary`."""

from app.parse.structure.tree import Branch
from app.parse.titles import title_key
from app.parse.vocabulary import field_name

_MIN_FIELD_PARENTS = 3


def field_headings(root: Branch) -> frozenset[int]:
    """Return the identities of headings that label a field of the item above.

    Those are headings that come again below three and more others, and known words where all
    headings beside them are fields, too.
    """
    parents: dict[str, set[int]] = {}
    gathering = 0
    for branch in root.walk():
        gathering += bool(branch.children)
        for child in branch.children:
            if not child.is_headline:
                parents.setdefault(title_key(child.text), set()).add(id(branch))
    repeated: set[str] = set()
    for key, owners in parents.items():
        if len(owners) >= _MIN_FIELD_PARENTS and len(owners) * 3 >= gathering:
            repeated.add(key)
    identities: set[int] = set()
    for branch in root.walk():
        bare = [child for child in branch.children if not child.children]
        labels = [child for child in bare if title_key(child.text) in repeated]
        known = [child for child in bare if child in labels or field_name(child.text)]
        if branch.heading and len(known) == len(branch.children):
            labels = known
        identities.update(id(child) for child in labels)
    return frozenset(identities)


def branch_parents(root: Branch) -> dict[int, int]:
    """Return the identity of the branch above each branch, by the identity of the lower one."""
    parents: dict[int, int] = {}
    for branch in root.walk():
        for child in branch.children:
            parents[id(child)] = id(branch)
    return parents
