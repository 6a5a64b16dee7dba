"""LibreOffice opens a CSV for spreadsheets: each cell as written, no text as a number or a day."""

import csv
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import orjson
import pytest
from lxml import etree

from app.render.files import delimited
from app.render.files.columns import Column
from tests.render.test_files import PLAIN_TEXTS, TAKEN_FOR_DAYS

COLUMNS = (
    Column("text", "string", False, ""),
    Column("day", "date", False, ""),
    Column("size", "number", False, ""),
    Column("tags", "list", False, "", (Column("item", "string", False, ""),)),
)
FORMULAS = [
    *("=1+1", '=HYPERLINK("http://a.example","x")', "+1+1", "-A1", "@SUM(A1)", "＝1+1", "\t=1"),
    *("=cmd|' /C calc'!A0", "0017", "3e8", "1.10", "-5", "+886", "50%", "1,000", "arXiv:2512.1"),
    *('繁體「引號」, "quoted"', "昇騰\n二", "=昇騰", "日本語 한국어 😀"),
]
UTF8 = "CSV:44,34,76,1"
"""Comma, quotation mark, UTF-8, from the first line; without a dialog the mark is not looked at."""
SPACE = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


def opened(data: bytes, folder: Path) -> list[list[tuple[str | None, str]]]:
    """Return kind and text of every cell as LibreOffice reads a CSV."""
    program = shutil.which("soffice")
    if not program:
        pytest.skip("LibreOffice is not installed")
    (folder / "a.csv").write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    options = ["--headless", profile, f"--infilter={UTF8}", "--convert-to", "ods", "a.csv"]
    subprocess.run([program, *options], cwd=folder, check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(folder / "a.ods") as archive:
        content = etree.fromstring(archive.read("content.xml"))
    assert not content.xpath("//table:table-cell[@table:formula]", namespaces=SPACE)
    rows = []
    for row in content.iterfind(".//table:table-row", SPACE):
        cells: list[tuple[str | None, str]] = []
        for cell in row.iterfind("table:table-cell", SPACE):
            paragraphs = cell.iterfind("text:p", SPACE)
            text = "\n".join("".join(paragraph.itertext()) for paragraph in paragraphs)
            repeated = int(cell.get(f"{{{SPACE['table']}}}number-columns-repeated", "1"))
            cells += [(cell.get(f"{{{SPACE['office']}}}value-type"), text)] * min(repeated, 4)
        rows.append(cells)
    return rows


def test_libreoffice_shows_what_was_written(tmp_path: Path) -> None:
    texts = [*FORMULAS, *TAKEN_FOR_DAYS, *PLAIN_TEXTS]
    lines = []
    for text in texts:
        row = {"text": text, "day": "2026-01-02", "size": -1.5, "tags": [text]}
        lines.append(orjson.dumps(row) + b"\n")
    data = b"".join(delimited.blocks(lines, COLUMNS, spreadsheet=True))
    written = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    rows = opened(data, tmp_path)
    assert len(rows) >= len(written) == len(texts) + 1
    for cells, expected in zip(rows[1:], written[1:], strict=False):
        kinds = [kind for kind, _ in cells[:4]]
        assert kinds == ["string", "date", "float", "string"], expected
        for column in (0, 3):
            # Tabs are elements there.
            assert "".join(cells[column][1].split()) == "".join(expected[column].split())
