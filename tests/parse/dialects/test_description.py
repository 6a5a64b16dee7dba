from pathlib import Path

import pytest

from app.errors import Unreadable
from app.parse.dialects.description import read_dialect

SEEDS = Path(__file__).parents[3] / "seeds" / "dialects"


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_seed_dialect_is_valid(path: Path) -> None:
    assert read_dialect(path.read_text(), path.name).name == path.stem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[item]\nmarker = "bullets"',
            "item.marker: 'bullets' is not valid; expected one of: heading",
        ),
        ("[item]\nlevel = 7", "item.level: 7 is not valid; expected 1 to 6."),
        ('[item]\ntitle = "("', "item.title: '(' is not a pattern"),
        ("[items]\n", "items: unknown key; expected one of: name, match"),
        ('[fields]\nsumary = ["a"]', "fields.sumary: unknown key; expected one of: summary"),
        (
            "date.pattern = '2026-..'",
            "date.pattern: '2026-..' has no group `y`; expected one, such",
        ),
        ("item.before = '^via'", "item.before: '^via' is not valid alone; expected item.line or"),
        (
            "item.line = '(?P<source>.)(?P<title>.)'",
            "item.line: group: 'source' is not valid; expected one of: title, importance.",
        ),
        ("importance.huge = ['!']", "importance.huge: unknown key; expected one of: high, medium"),
        ("fields.separators = ['']", "fields.separators: '' is not valid; expected a mark"),
        (
            r"item.line = '^\d\d'",
            r"item.line: '^\d\d' has no group `title`",
        ),
        (r"match.text = '\d('", r"match.text: '\d(' is not a pattern"),
        ("[match]\nfile = 3", "match.file: 3 is not valid; a text is expected."),
        ('[ignore]\nlines = "a"', "ignore.lines: 'a' is not valid; expected a list of texts."),
        ('name = "A B"', "name: 'A B' is not valid; expected up to 40 small letters"),
        ('[item]\ntitle = "x"', "item.title: 'x' has no group `title`; expected one, such as"),
        ('[match]\ntext = "\\d"', "Write patterns between single quotes."),
        ("name", "x.toml is not TOML"),
    ],
)
def test_a_fault_is_named(text: str, message: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_dialect(text, "x.toml")
    assert message in error.value.detail


def test_levels_are_by_labels_as_written_the_longest_first() -> None:
    dialect = read_dialect("importance.low = ['!']\nimportance.high = ['!!!', ' P0 ']", "x.toml")
    levels = dialect.fields.levels
    assert list(levels.items()) == [("!!!", "high"), ("P0", "high"), ("!", "low")]
