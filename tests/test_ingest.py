import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DataError

from app import doctor, ingest
from app.curate import acts
from app.curate.conduct import Curation
from app.errors import AppError, BadRequest, TooLarge, Unreadable
from app.parse.briefing import MAX_BYTES
from app.reading import DocumentReader, Task
from app.settings import ROOT, Settings
from app.store import dataset
from app.store.db import Database
from app.store.document import briefings
from tests.conftest import CHANNEL, drop, new_url, prepared, take_in
from tests.documents import briefing, item
from tests.rows import clusters, counts, everything, meaning


def days(count: int) -> list[str]:
    """Documents of as many days."""
    texts = []
    for index in range(count):
        link = f"https://a.com/{index % 4}"
        day_item = item(f"A{index % 3}", link, entities="OpenAI、GPT-5")
        texts.append(briefing(day_item, date=f"2026-01-{index + 1:02}", tags="[AI]"))
    return texts


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """A second database, to compare with."""
    opened = Database(new_url("sqlite", tmp_path, migrated=True), read_timeout=30)
    yield opened
    opened.close()


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def assert_sound(database: Database) -> None:
    for check in doctor.examine(Settings(database_url=url_of(database))):
        assert check.ok, f"{check.name}: {check.detail}"


def test_one_of_twenty_equal_documents_at_once_is_added(database: Database) -> None:
    text = days(1)[0]
    with ThreadPoolExecutor(20) as pool:
        reports = list(pool.map(lambda _: take_in(database, text), range(20)))
    assert sorted(report.status for report in reports) == ["added", *["unchanged"] * 19]
    rows = counts(database)
    # The two mentioned entities, and the family of the second one.
    assert (rows["document"], rows["item"], rows["entity"], rows["mention"]) == (1, 1, 3, 2)


def test_twenty_documents_at_once_give_the_same_as_in_turn(
    database: Database, other: Database
) -> None:
    with ThreadPoolExecutor(20) as pool:
        reports = list(pool.map(lambda text: take_in(database, text), days(20)))
    assert {report.status for report in reports} == {"added"}
    assert sorted(report.version or 0 for report in reports) == list(range(1, 21))
    for text in days(20):
        take_in(other, text)
    assert meaning(database) == meaning(other)


@pytest.mark.parametrize(
    ("data", "name", "error", "words"),
    [
        (b"x" * (MAX_BYTES + 1), "2026-01-02.md", TooLarge, "1048576"),
        (briefing(item("A")).encode("utf-16"), "2026-01-02.md", Unreadable, "not UTF-8"),
        ("日期".encode("big5"), "2026-01-02.md", Unreadable, "byte"),
        (b"# Nothing\n", "notes.md", Unreadable, "no date"),
        (b"---\ndate: 2026-02-30\n---\n", "x.md", Unreadable, "2026-02-30"),
        (b"", "x.md", Unreadable, "empty"),
        (b"---\ntitle: " + b"x" * 17_000 + b"\n---\n", "2026-01-02.md", TooLarge, "16 KiB"),
    ],
    ids=["too-large", "utf-16", "big5", "no-date", "no-day", "empty", "front-matter"],
)
def test_an_unreadable_document_is_refused(
    database: Database, data: bytes, name: str, error: type[AppError], words: str
) -> None:
    with pytest.raises(error, match=words):
        ingest.ingest(database, data, name, channel=CHANNEL, default_channel=CHANNEL)
    assert counts(database)["briefing"] == 0


def test_a_document_of_the_largest_size_is_ingested(database: Database) -> None:
    head = briefing(item("A")).encode()
    line = ("很長的一段文字，" * 100 + "\n\n").encode()
    repetitions = (MAX_BYTES - len(head)) // len(line)
    data = (head + line * repetitions).ljust(MAX_BYTES, b"x")
    report = ingest.ingest(database, data, "x.md", channel=CHANNEL, default_channel=CHANNEL)
    assert (report.status, report.covered) == ("added", report.nonblank)


@pytest.mark.parametrize("channel", ["", "Daily", "a b", "a:b", "x" * 41, "每日"])
def test_a_bad_channel_is_refused(database: Database, channel: str) -> None:
    with pytest.raises(BadRequest, match="channel"):
        take_in(database, briefing(item("A")), channel=channel)


def test_a_dry_run_writes_nothing(database: Database) -> None:
    before = everything(database)
    data = days(1)[0].encode()
    report = ingest.ingest(
        database, data, "x.md", channel=CHANNEL, default_channel=CHANNEL, dry_run=True
    )
    assert (report.status, report.briefing, report.version) == ("parsed", "2026-01-01", None)
    assert (report.items["found"], report.entities, report.sources) == (1, 2, 1)
    assert everything(database) == before


def test_a_dry_run_of_files_writes_nothing(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(days(1)[0])
    (tmp_path / "b.md").write_text("# Nothing\n")
    before = everything(database)
    paths = ingest.documents([tmp_path])
    reports = ingest.ingest_files(
        database, paths, channel=CHANNEL, default_channel=CHANNEL, dry_run=True
    )
    assert [report.status for report in reports] == ["parsed", "failed"]
    assert everything(database) == before


def test_documents_are_listed_in_order_and_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.md", "a.MD", "sub/c.markdown", "d.txt"):
        (tmp_path / name).write_text("")
    files = ingest.documents([tmp_path / "d.txt", tmp_path, tmp_path / "b.md"])
    assert [str(path.relative_to(tmp_path)) for path in files] == [
        "d.txt",
        "a.MD",
        "b.md",
        "sub/c.markdown",
    ]


def test_an_unreadable_file_stops_no_other(database: Database, tmp_path: Path) -> None:
    (tmp_path / "2026-01-01.md").write_bytes(b"\xff\xfe")
    (tmp_path / "2026-01-02.md").write_text(briefing(item("A")))
    (tmp_path / "2026-01-03.md").write_bytes(b"x" * (MAX_BYTES + 1))
    (tmp_path / "2026-01-04.md").symlink_to(tmp_path / "nowhere")
    undecodable = os.fsdecode(b"2026-01-05-\xff.md")
    (tmp_path / undecodable).write_text("# Named by a byte\n")
    paths = [tmp_path / f"2026-01-0{day}.md" for day in range(1, 5)] + [tmp_path / undecodable]
    reports = list(ingest.ingest_files(database, paths, channel=CHANNEL, default_channel=CHANNEL))
    assert [report.status for report in reports] == ["failed", "added", "failed", "failed", "added"]
    for index, words in ((0, "UTF-8"), (2, "1048576"), (3, "No such file")):
        assert words in (reports[index].error or "")
    assert reports[4].name == "2026-01-05-\ufffd.md"


def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"x" * MAX_BYTES)
    assert len(ingest.read_document(file)) == MAX_BYTES
    file.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(TooLarge):
        ingest.read_document(file)


# The second line has names without a catalogue entry, and names that leave a doubt.
NAMES = (
    """
OpenAI, Open AI, NVLink/NVSwitch, NVSwitch, ACMA（推）, ACMA, ACMA（推）/Open-AI,
Foo Quux Zed（FQZ）, FQZ, Foo Quux Zed, OpenAI FQZ, Hugging Fase, 千問, Qwen
""".replace("\n", " ")
    .strip()
    .split(", ")
)
SMALL = st.lists(
    st.builds(
        lambda title, source, name: item(title, *source, entities="、".join(name)),
        st.sampled_from(["甲公司發表模型", "乙開源框架", "丙立法", "丁收購戊"]),
        st.lists(
            st.sampled_from(
                [
                    "https://a.com/x",
                    "http://a.com/x/?utm_source=n",
                    "www.a.com/x",
                    "[y](#)",
                    "arXiv:2507.17860",
                ]
            ),
            max_size=2,
        ),
        st.lists(
            st.sampled_from(NAMES),
            max_size=4,
        ),
    ),
    max_size=3,
)
# Versions of up to three days, each with whether it is a draft, in the order of its edits.
HISTORIES = st.lists(
    st.lists(st.tuples(SMALL, st.booleans()), min_size=1, max_size=3), min_size=1, max_size=3
)


History = list[tuple[list[str], bool]]


def texts_of(histories: list[History]) -> list[list[str]]:
    """The documents of each day, in the order of its edits."""
    texts = []
    for day, history in enumerate(histories, 1):
        versions = []
        for edit, (items, is_draft) in enumerate(history):
            front = {"draft": str(is_draft).lower(), "edit": str(edit)}
            versions.append(briefing(*items, date=f"2026-01-{day:02}", **front))
        texts.append(versions)
    return texts


def shuffled(texts: list[list[str]], random: Random) -> list[str]:
    """The documents with days interleaved; each day keeps the order of its edits."""
    days_of_steps = []
    for day, versions in enumerate(texts):
        days_of_steps += [day] * len(versions)
    random.shuffle(days_of_steps)
    remaining = [iter(versions) for versions in texts]
    return [next(remaining[day]) for day in days_of_steps]


@pytest.mark.parametrize(("engine", "examples"), [("sqlite", 5), ("postgresql", 2)])
def test_the_order_of_days_does_not_matter(engine: str, examples: int, tmp_path: Path) -> None:
    def ingest_in_turn(texts: list[str], random: Random | None = None) -> object:
        database = Database(new_url(engine, tmp_path, migrated=True), read_timeout=30)
        for text in texts:
            take_in(database, text)
            if random and random.random() < 0.3:
                assert take_in(database, text).status == "unchanged"
        content = (meaning(database), clusters(database))
        drop(database)
        return content

    def ingest_together(texts: list[str]) -> object:
        database = Database(new_url(engine, tmp_path, migrated=True), read_timeout=30)
        take_in_together(database, texts)
        content = (meaning(database), clusters(database))
        drop(database)
        return content

    # Shrinking takes minutes, and a failing example is small as it is.
    @settings(
        max_examples=examples,
        deadline=None,
        phases=(Phase.reuse, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(HISTORIES, st.randoms(use_true_random=False))
    def check(histories: list[History], random: Random) -> None:
        texts = texts_of(histories)
        in_order = [text for versions in texts for text in versions]
        expected = ingest_in_turn(in_order)
        assert ingest_in_turn(shuffled(texts, random), random) == expected
        assert ingest_together(shuffled(texts, random)) == expected

    check()


def take_in_together(
    database: Database, texts: list[str], name: str = "daily.md"
) -> list[ingest.Report]:
    tasks = [Task(name, CHANNEL, text.encode()) for text in texts]
    return list(ingest.ingest_many(database, tasks, CHANNEL))


def edited_days() -> list[str]:
    """Documents of eleven days, two of them edited, one repeated, and one that cannot be read."""
    texts = days(11)
    edited = texts[2].replace("OpenAI", "Open AI、ACMA")
    withdrawn = texts[3].replace("tags:", "draft: true\ntags:")
    return [*texts, edited, withdrawn, "# No day\n", texts[4]]


def take_in_turn(database: Database) -> None:
    for text in edited_days():
        if text != "# No day\n":
            take_in(database, text, "daily.md")


@pytest.mark.parametrize(
    ("database", "size"),
    [*(("sqlite", size) for size in (1, 3, 32)), ("postgresql", 3)],
    indirect=["database"],
)
def test_batches_of_any_size_give_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    texts = edited_days()
    monkeypatch.setattr(ingest, "BATCH_DOCUMENTS", size)
    reports = take_in_together(database, texts)
    last_statuses = ["replaced", "replaced", "failed", "unchanged"]
    assert [report.status for report in reports] == ["added"] * 11 + last_statuses
    versions = [report.version for report in reports if report.version]
    assert versions == sorted(versions)
    in_turn = prepared("sqlite", take_in_turn)
    assert meaning(database) == meaning(in_turn)
    assert clusters(database) == clusters(in_turn)


def test_other_processes_read_the_same(
    database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = days(20)
    monkeypatch.setattr(ingest, "may_map", lambda: False)
    reports = take_in_together(other, texts)
    monkeypatch.setattr(ingest, "may_map", lambda: True)
    assert take_in_together(database, [*texts, "# No day\n"])[:20] == reports
    assert meaning(database) == meaning(other)


def test_a_document_the_database_refuses_stops_no_other_of_its_batch(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = briefings.save

    def refuse(session: Any, documents: Any, *args: Any, **kwargs: Any) -> Any:
        saved = save(session, documents, *args, **kwargs)
        if any(document.decided.day_id == "2026-01-03" for document in documents):
            raise DataError("INSERT", {}, ValueError("refused"))
        return saved

    monkeypatch.setattr(briefings, "save", refuse)
    with pytest.raises(DataError):
        take_in_together(database, days(5))
    assert counts(database)["briefing"] == 2


def test_a_spelling_given_meanwhile_is_looked_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The documents were read before the curator gave the spelling.
    monkeypatch.setattr(ingest, "_reader", lambda *_: DocumentReader(CHANNEL, {}))
    take_in(database, briefing(item("A", entities="NVIDIA")))
    acts.alias(database, CHANNEL, "NVIDIA", "皮衣教主", None, "spelling", Curation("desk"))
    take_in(database, briefing(item("B", summary="皮衣教主出席。"), date="2026-01-03"))
    assert counts(database)["mention"] == 2


def test_others_write_between_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "BATCH_DOCUMENTS", 2)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(take_in_together, database, days(20))
        while not counts(database)["briefing"]:
            time.sleep(0.01)
        take_in(database, days(1)[0], channel="other")
        assert counts(database)["briefing"] < 21
        assert {report.status for report in loading.result()} == {"added"}


def test_a_stored_file_is_not_read_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = briefing(item("D"), date="2026-02-01", draft="true")
    for index, text in enumerate([*days(3), draft]):
        (tmp_path / f"{index}.md").write_text(text)
    paths = sorted(tmp_path.glob("*.md"))
    first = list(ingest.ingest_files(database, paths, channel=CHANNEL, default_channel=CHANNEL))
    monkeypatch.setattr(DocumentReader, "read", None)
    again = list(ingest.ingest_files(database, paths, channel=CHANNEL, default_channel=CHANNEL))
    for before, after in zip(first, again, strict=True):
        assert (after.status, after.version) == ("unchanged", None)
        assert after.items["found"] == before.items["found"]
        assert (after.briefing, after.entities) == (before.briefing, before.entities)
        assert (after.nonblank, after.covered) == (before.nonblank, before.covered)
    assert [report.sources for report in again[:3]] == [report.sources for report in first[:3]]


_ENDLESS_INGEST = """
import itertools, sys
from app import ingest
from app.store import dataset
from app.store.db import Database
from tests.documents import briefing, item
database = Database(sys.argv[1])
for number in itertools.count():
    items = []
    for index in range(8):
        entities = f"N{number % 5}、M{index}/K{index}"
        link = f"https://a.com/{number % 7}/{index}"
        items.append(item(f"I{number}-{index}", link, entities=entities))
    data = briefing(*items, date=f"2026-01-{number % 9 + 1:02}").encode()
    report = ingest.ingest(database, data, "x.md", channel="daily", default_channel="daily")
    print(report.briefing, report.version, flush=True)
"""


def test_a_kill_while_writing_leaves_a_sound_database(database: Database) -> None:
    command = [sys.executable, "-c", _ENDLESS_INGEST, url_of(database)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout
    acknowledged = [process.stdout.readline()]
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.read().splitlines()
    process.wait()
    process.stdout.close()
    # A server takes a moment to notice that its client is gone.
    take_in(database, days(1)[0].replace("A0", "after"))
    with database.read() as session:
        version = dataset.version(session)
    assert version
    assert version > int(acknowledged[-1].split()[1])
    assert_sound(database)


_BULK_INGEST = """
import sys
from pathlib import Path
from random import Random
from app import ingest
from app.store import dataset
from app.store.db import Database
ingest.BATCH_DOCUMENTS = 4
if __name__ == "__main__":
    database = Database(sys.argv[1])
    files = ingest.documents([Path(sys.argv[2])])
    for report in ingest.ingest_files(database, files, channel="daily", default_channel="daily"):
        print(report.briefing, report.status, flush=True)
"""


def test_a_killed_bulk_ingest_continues(
    database: Database, other: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    texts = days(13)
    for index, document in enumerate(texts):
        (folder / f"{index:02}.md").write_text(document)
    command = [sys.executable, "-c", _BULK_INGEST, url_of(database), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        acknowledged = [process.stdout.readline()]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.readlines()
    stored = counts(database)["briefing"]
    assert stored >= len(acknowledged)
    # Batches are stored whole.
    assert stored % 4 == 0 or stored == 13
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    statuses = [line.split()[1] for line in done.stdout.splitlines()]
    assert statuses == ["unchanged"] * stored + ["added"] * (13 - stored)
    for index, document in enumerate(texts):
        take_in(other, document, f"{index:02}.md")
    assert meaning(database) == meaning(other)
    assert_sound(database)
