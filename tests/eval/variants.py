"""Derive the groups of Han variants that search folds, from OpenCC's and Unicode's data.

`python -m tests.eval.variants FOLDER` reads `Unihan_Variants.txt` and `Unihan_Readings.txt` (as
they are or as `.bz2`: Debian's package `unicode-data` has them) and the dictionaries of the
installed OpenCC, and writes `app/normalize/text/han_variants.txt`.

Characters are variants of each other if

- OpenCC converts one into the other between Traditional and Simplified Chinese or the standards of
  Taiwan and Hong Kong;
- OpenCC names one first as the old form of the other in Japanese, and the new form is no simplified
  character (沪 is one of 滬; in Japanese it stands for 濾);
- NFKC maps one to the other (compatibility ideographs);
- Unihan calls them z-variants and they share a Mandarin reading;
- Unihan calls them semantic variants after two sources or more, they share a Mandarin reading, and
  one of them has no other link: such a link never joins two groups.
"""

import argparse
import bz2
import subprocess
import sys
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import opencc

from app.normalize.text.folding import VARIANTS, fold

_OPENCC = Path(opencc.__file__).parent / "clib"
_DICTIONARIES = (
    "TSCharacters",
    "TSCharactersExt",
    "TWVariants",
    "HKVariants",
)
_JAPANESE = "JPShinjitaiCharacters"
_COMPATIBILITY = ((0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


class Groups:
    """Disjoint groups of characters (union-find)."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def root(self, char: str) -> str:
        """Return the character that stands for the group of `char`."""
        self._parents.setdefault(char, char)
        while self._parents[char] != char:
            char = self._parents[char]
        return char

    def join(self, left: str, right: str) -> None:
        """Put two characters and their groups into one group."""
        self._parents[self.root(left)] = self.root(right)

    def chars(self) -> set[str]:
        """Return the characters that are in a group with another one."""
        return set(self._parents)

    def lines(self) -> list[str]:
        """Return each group of several characters, the simplified character first, in order."""
        members: defaultdict[str, list[str]] = defaultdict(list)
        for char in sorted(self._parents):
            members[self.root(char)].append(char)

        lines = []
        for group in members.values():
            targets = [fold(char) for char in group]
            # Among equals a character of the basic block (U+4E00 on) stands for the others.
            first = max(sorted(set(targets), key=_rank), key=targets.count)
            rest = [char for char in group if char != first]
            if rest:
                lines.append(first + "".join(rest))
        return sorted(lines)


def _rank(char: str) -> tuple[bool, str]:
    is_basic = "\u4e00" <= char <= "\u9fff"
    return not is_basic, char


def opencc_entries(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the characters of an OpenCC dictionary with those it maps them to, the best first."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "entries.txt"
        source = _OPENCC / "share" / "opencc" / f"{name}.ocd2"
        command: list[str | Path] = [_OPENCC / "bin" / "opencc_dict", "-i", source, "-o", text]
        subprocess.run([*command, "-f", "ocd2", "-t", "text"], check=True, capture_output=True)
        lines = text.read_text(encoding="utf-8").splitlines()
    for line in lines:
        char, _, candidates = line.partition("\t")
        if len(char) == 1:
            yield char, [candidate for candidate in candidates.split() if len(candidate) == 1]


def opencc_pairs() -> Iterator[tuple[str, str]]:
    """Yield the pairs of Chinese characters, then of Japanese ones."""
    simplified = set()
    for name in _DICTIONARIES:
        for char, candidates in opencc_entries(name):
            for candidate in candidates:
                if name.startswith("TS") and candidate != char:
                    simplified.add(candidate)
                yield char, candidate

    for char, candidates in opencc_entries(_JAPANESE):
        if candidates and char not in simplified:
            yield char, candidates[0]


def compatibility_pairs() -> Iterator[tuple[str, str]]:
    """Yield the compatibility ideographs with the characters that NFKC maps them to."""
    for first, last in _COMPATIBILITY:
        for code in range(first, last + 1):
            char = chr(code)
            plain = unicodedata.normalize("NFKC", char)
            if plain != char and len(plain) == 1:
                yield char, plain


def unihan_lines(folder: Path, name: str) -> list[str]:
    """Return the lines of a Unihan file, packed by bzip2 or not."""
    packed = folder / f"{name}.txt.bz2"
    if packed.exists():
        return bz2.decompress(packed.read_bytes()).decode().splitlines()
    return (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def unihan_pairs(folder: Path, field: str, min_sources: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the pairs that a field of Unihan links and that share a Mandarin reading.

    `min_sources` is the least number of dictionaries that say so.
    """
    readings = {}
    for line in unihan_lines(folder, "Unihan_Readings"):
        if "\tkMandarin\t" in line:
            code, _, values = line.split("\t")
            readings[_char(code)] = set(values.split())

    for line in unihan_lines(folder, "Unihan_Variants"):
        if f"\t{field}\t" not in line:
            continue
        code, _, values = line.split("\t")
        char = _char(code)
        for value in values.split():
            variant = _char(value.partition("<")[0])
            if value.count("k") < min_sources:
                continue
            if readings.get(char, set()) & readings.get(variant, set()):
                yield char, variant


def _char(code: str) -> str:
    return chr(int(code.removeprefix("U+"), 16))


def derive(folder: Path) -> str:
    """Return the content of the file of variants."""
    groups = Groups()
    for left, right in (*opencc_pairs(), *compatibility_pairs()):
        groups.join(left, right)
    for left, right in unihan_pairs(folder, "kZVariant"):
        groups.join(left, right)
    grouped = groups.chars()
    attached: set[str] = set()
    for left, right in unihan_pairs(folder, "kSemanticVariant", 2):
        alone = {left, right} - grouped
        if alone and not alone & attached:
            attached |= alone
            groups.join(left, right)

    notes = [line for line in unihan_lines(folder, "Unihan_Variants")[:9] if ": " in line]
    header = [
        "# Han variants that search folds; derived by `make variants`, not edited by hand.",
        f"# OpenCC {version('opencc')}: {', '.join((*_DICTIONARIES, _JAPANESE))}",
        f"# NFKC: Unicode {unicodedata.unidata_version}",
        *[f"# Unihan {note.removeprefix('# ')}" for note in notes if "html" not in note],
        "# A group a line, its folded character first. © OpenCC's authors (Apache-2.0) and",
        "# Unicode, Inc. (Unicode License).",
    ]
    return "\n".join([*header, *groups.lines()]) + "\n"


def main() -> None:
    """Write the file of variants, or with `--check` fail if it would differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the Unihan files")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    arguments = parser.parse_args()
    content = derive(arguments.folder)
    if not arguments.check:
        VARIANTS.write_text(content, encoding="utf-8")
    elif content != VARIANTS.read_text(encoding="utf-8"):
        sys.exit(f"{VARIANTS} is not what the data give; run `make variants`")


if __name__ == "__main__":
    main()
