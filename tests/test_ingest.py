import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DataError

from app import doctor, ingest, knowledge
from app.errors import AppError, BadRequest, TooLarge, Unreadable
from app.parse.briefing import MAX_BYTES
from app.settings import ROOT, Settings
from app.store.db import Database
from app.store.document import briefings
from app.store.migrations import migrate
from tests.conftest import CHANNEL, new_url, take_in
from tests.documents import briefing, item
from tests.rows import clusters, counts, everything, meaning


def days(count: int) -> list[str]:
    return [
        briefing(
            item(f"A{at % 3}", f"https://a.com/{at % 4}", entities="OpenAI、GPT-5"),
            date=f"2026-01-{at + 1:02}",
            tags="[AI]",
        )
        for at in range(count)
    ]


def test_the_same_document_twenty_times_at_once(database: Database) -> None:
    text = days(1)[0]
    with ThreadPoolExecutor(20) as pool:
        reports = list(pool.map(lambda _: take_in(database, text), range(20)))
    assert sorted(report.status for report in reports) == ["added", *["unchanged"] * 19]
    held = counts(database)
    # The two that are named, and the family of the second.
    assert (held["document"], held["item"], held["entity"], held["mention"]) == (1, 1, 3, 2)


def test_twenty_documents_at_once(database: Database, tmp_path: Path) -> None:
    with ThreadPoolExecutor(20) as pool:
        reports = list(pool.map(lambda text: take_in(database, text), days(20)))
    assert {report.status for report in reports} == {"added"}
    assert sorted(report.version or 0 for report in reports) == list(range(1, 21))
    alone = Database(f"sqlite:///{tmp_path}/alone.db", read_timeout=30)
    migrate(alone)
    for text in days(20):
        take_in(alone, text)
    assert meaning(database) == meaning(alone)
    alone.close()


@pytest.mark.parametrize(
    ("data", "name", "error", "words"),
    [
        (b"x" * (MAX_BYTES + 1), "2026-01-02.md", TooLarge, "1048576"),
        (briefing(item("A")).encode("utf-16"), "2026-01-02.md", Unreadable, "not UTF-8"),
        ("日期".encode("big5"), "2026-01-02.md", Unreadable, "byte"),
        (b"# Nothing\n", "notes.md", Unreadable, "no date"),
        (b"---\ndate: 2026-02-30\n---\n", "x.md", Unreadable, "2026-02-30"),
        (b"", "x.md", Unreadable, "no date"),
        (b"---\ntitle: " + b"x" * 17_000 + b"\n---\n", "2026-01-02.md", TooLarge, "16 KiB"),
    ],
    ids=["too-large", "utf-16", "big5", "no-date", "no-day", "empty", "front-matter"],
)
def test_what_cannot_be_taken_in(
    database: Database, data: bytes, name: str, error: type[AppError], words: str
) -> None:
    with pytest.raises(error, match=words):
        ingest.ingest(database, data, name, channel=CHANNEL, default_channel=CHANNEL)
    assert counts(database)["briefing"] == 0


def test_a_document_of_the_largest_size(database: Database) -> None:
    head = briefing(item("A")).encode()
    line = ("很長的一段文字，" * 100 + "\n\n").encode()
    data = head + line * ((MAX_BYTES - len(head)) // len(line))
    data += b"x" * (MAX_BYTES - len(data))
    report = ingest.ingest(database, data, "x.md", channel=CHANNEL, default_channel=CHANNEL)
    assert (report.status, report.covered) == ("added", report.nonblank)


@pytest.mark.parametrize("channel", ["", "Daily", "a b", "a:b", "x" * 41, "每日"])
def test_what_cannot_name_a_channel(database: Database, channel: str) -> None:
    with pytest.raises(BadRequest, match="channel"):
        take_in(database, briefing(item("A")), channel=channel)


def test_a_dry_run_writes_nothing(database: Database) -> None:
    before = everything(database)
    report = ingest.ingest(
        database,
        days(1)[0].encode(),
        "x.md",
        channel=CHANNEL,
        default_channel=CHANNEL,
        dry_run=True,
    )
    assert (
        report.status,
        report.briefing,
        report.items["found"],
        report.entities,
        report.sources,
    ) == ("parsed", "2026-01-01", 1, 2, 1)
    assert everything(database) == before


def test_documents_are_found_in_order_and_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.md", "a.MD", "sub/c.markdown", "d.txt"):
        (tmp_path / name).write_text("")
    named = ingest.documents([tmp_path / "d.txt", tmp_path, tmp_path / "b.md"])
    assert [str(path.relative_to(tmp_path)) for path in named] == [
        "d.txt",
        "a.MD",
        "b.md",
        "sub/c.markdown",
    ]


def test_one_bad_file_stops_no_other(database: Database, tmp_path: Path) -> None:
    (tmp_path / "2026-01-01.md").write_bytes(b"\xff\xfe")
    (tmp_path / "2026-01-02.md").write_text(briefing(item("A")))
    (tmp_path / "2026-01-03.md").write_bytes(b"x" * (MAX_BYTES + 1))
    (tmp_path / "2026-01-04.md").symlink_to(tmp_path / "nowhere")
    undecodable = os.fsdecode(b"2026-01-05-\xff.md")
    (tmp_path / undecodable).write_text("# Named by a byte\n")
    paths = [tmp_path / f"2026-01-0{at}.md" for at in range(1, 5)] + [tmp_path / undecodable]
    reports = list(ingest.ingest_files(database, paths, channel=CHANNEL, default_channel=CHANNEL))
    assert [report.status for report in reports] == ["failed", "added", "failed", "failed", "added"]
    assert [
        "UTF-8" in (reports[0].error or ""),
        "1048576" in (reports[2].error or ""),
        "No such file" in (reports[3].error or ""),
    ] == [True] * 3
    assert reports[4].name == "2026-01-05-\ufffd.md"


def test_an_endless_file_is_read_to_the_limit() -> None:
    with pytest.raises(TooLarge):
        ingest.read_document(Path("/dev/zero"))


def test_seeds_fill_an_empty_base_once(database: Database) -> None:
    settings = Settings(channel=CHANNEL, seeds=False)
    ingest.prepare(database, settings)
    assert counts(database)["briefing"] == 0
    ingest.prepare(database, settings.model_copy(update={"seeds": True}))
    held = everything(database)
    ingest.prepare(database, settings.model_copy(update={"seeds": True}))
    assert everything(database) == held
    assert counts(database)["briefing"] == 2


def test_a_base_with_briefings_gets_no_seeds(database: Database) -> None:
    take_in(database, briefing(item("A")))
    ingest.prepare(database, Settings(channel=CHANNEL, seeds=True))
    assert counts(database)["briefing"] == 1


def test_a_preview_shows_a_draft_as_it_will_be() -> None:
    shown = ingest.preview(briefing(item("A"), draft="true").encode(), "x.md", CHANNEL).model_dump()
    assert shown["draft"] is True
    assert [one["title"] for one in shown["sections"][0]["items"]] == ["A"]


# The second row is what documents say of names no catalogue holds, and what they leave open.
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
# Versions of each of three days, in which a day keeps its own order of edits.
HISTORIES = st.lists(
    st.lists(st.tuples(SMALL, st.booleans()), min_size=1, max_size=3), min_size=1, max_size=3
)


@pytest.mark.parametrize(("engine", "examples"), [("sqlite", 8), ("postgresql", 4)])
def test_the_order_of_days_does_not_matter(engine: str, examples: int, tmp_path: Path) -> None:
    # Shrinking takes minutes, and what fails is small as it is.
    @settings(
        max_examples=examples,
        deadline=None,
        phases=(Phase.reuse, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(HISTORIES, st.randoms(use_true_random=False))
    def check(histories: list[list[tuple[list[str], bool]]], random: Any) -> None:
        texts = [
            [
                briefing(*items, date=f"2026-01-{day:02}", draft=str(draft).lower(), edit=str(at))
                for at, (items, draft) in enumerate(history)
            ]
            for day, history in enumerate(histories, 1)
        ]
        found = []
        for shuffled, together in ((False, False), (True, False), (True, True)):
            steps = [(day, at) for day, history in enumerate(texts) for at in range(len(history))]
            if shuffled:
                order = [day for day, _ in steps]
                random.shuffle(order)
                versions = {day: iter(range(len(history))) for day, history in enumerate(texts)}
                steps = [(day, next(versions[day])) for day in order]
            database = Database(new_url(engine, tmp_path, migrated=True), read_timeout=30)
            if together:
                take_in_together(database, [texts[day][at] for day, at in steps])
            for day, at in [] if together else steps:
                take_in(database, texts[day][at])
                if shuffled and random.random() < 0.3:
                    assert take_in(database, texts[day][at]).status == "unchanged"
            found.append((meaning(database), clusters(database)))
            database.close()
        assert found[0] == found[1] == found[2]

    check()


def take_in_together(
    database: Database, texts: list[str], name: str = "x.md"
) -> list[ingest.Report]:
    return list(
        ingest.take_in(
            database, [ingest.Task(name, CHANNEL, text.encode()) for text in texts], CHANNEL
        )
    )


@pytest.mark.parametrize("size", [1, 3, 32])
def test_batches_of_any_size_give_the_same(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    texts = days(11)
    texts += [
        texts[2].replace("OpenAI", "Open AI、ACMA"),
        texts[3].replace("tags:", "draft: true\ntags:"),
        "# No day\n",
        texts[4],
    ]
    monkeypatch.setattr(ingest, "_BATCH", size)
    reports = take_in_together(database, texts)
    assert [report.status for report in reports] == ["added"] * 11 + [
        "replaced",
        "replaced",
        "failed",
        "unchanged",
    ]
    versions = [report.version for report in reports if report.version]
    assert versions == sorted(versions)
    alone = Database(f"sqlite:///{tmp_path}/alone.db", read_timeout=30)
    migrate(alone)
    for text in [*texts[:13], texts[4]]:
        take_in(alone, text, "x.md")
    assert meaning(database) == meaning(alone)
    assert clusters(database) == clusters(alone)
    alone.close()


def test_many_are_read_in_other_processes(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = days(20)
    monkeypatch.setattr(ingest, "may_fork", lambda: False)
    here = Database(f"sqlite:///{tmp_path}/here.db", read_timeout=30)
    migrate(here)
    there = take_in_together(here, texts)
    monkeypatch.setattr(ingest, "may_fork", lambda: True)
    assert take_in_together(database, [*texts, "# No day\n"])[:20] == there
    assert meaning(database) == meaning(here)
    here.close()


def test_a_document_the_base_refuses_takes_no_other_with_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = briefings.save

    def refuse(session: Any, documents: Any, *args: Any, **kwargs: Any) -> Any:
        found = save(session, documents, *args, **kwargs)
        if any(document.decided.id == "2026-01-03" for document in documents):
            raise DataError("INSERT", {}, ValueError("refused"))
        return found

    monkeypatch.setattr(briefings, "save", refuse)
    with pytest.raises(DataError):
        take_in_together(database, days(5))
    assert counts(database)["briefing"] == 2


def test_others_write_between_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "_BATCH", 2)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(take_in_together, database, days(20))
        while not counts(database)["briefing"]:
            time.sleep(0.01)
        take_in(database, days(1)[0], channel="other")
        assert counts(database)["briefing"] < 21
        assert {report.status for report in loading.result()} == {"added"}


def test_what_is_there_is_not_read_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at, text in enumerate([*days(3), briefing(item("D"), date="2026-02-01", draft="true")]):
        (tmp_path / f"{at}.md").write_text(text)
    paths = sorted(tmp_path.glob("*.md"))
    first = list(ingest.ingest_files(database, paths, channel=CHANNEL, default_channel=CHANNEL))
    monkeypatch.setattr(ingest, "decide_on", None)
    again = list(ingest.ingest_files(database, paths, channel=CHANNEL, default_channel=CHANNEL))
    for one, other in zip(first, again, strict=True):
        assert (other.status, other.version, other.items["found"]) == (
            "unchanged",
            None,
            one.items["found"],
        )
        assert (other.briefing, other.entities, other.nonblank, other.covered) == (
            one.briefing,
            one.entities,
            one.nonblank,
            one.covered,
        )
    assert [report.sources for report in again[:3]] == [report.sources for report in first[:3]]


_ENDLESS = """
import itertools, sys
from app import ingest
from app.store.db import Database
from tests.documents import briefing, item
database = Database(sys.argv[1])
for at in itertools.count():
    items = [item(f"I{at}-{n}", f"https://a.com/{at % 7}/{n}", entities=f"N{at % 5}、M{n}/K{n}") for n in range(8)]
    text = briefing(*items, date=f"2026-01-{at % 9 + 1:02}")
    report = ingest.ingest(database, text.encode(), "x.md", channel="daily", default_channel="daily")
    print(report.briefing, report.version, flush=True)
"""


def test_a_kill_amid_writing_leaves_a_sound_base(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, url], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout
    first = process.stdout.readline()
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    acknowledged = [first, *process.stdout.read().splitlines()]
    process.wait()
    process.stdout.close()
    # A server notices after a moment that its client is gone.
    take_in(database, days(1)[0].replace("A0", "after"))
    with database.read() as session:
        version = session.connection().exec_driver_sql("SELECT version FROM dataset").scalar_one()
    assert version > int(acknowledged[-1].split()[1])
    checks = {check.name: check for check in doctor.examine(Settings(database_url=url))}
    assert all(check.ok for check in checks.values()), json.dumps(
        {name: check.detail for name, check in checks.items()}
    )


_BULK = """
import sys
from pathlib import Path
from app import ingest
from app.store.db import Database
ingest._BATCH = 4
if __name__ == "__main__":
    database = Database(sys.argv[1])
    files = ingest.documents([Path(sys.argv[2])])
    for report in ingest.ingest_files(database, files, channel="daily", default_channel="daily"):
        print(report.briefing, report.status, flush=True)
"""


def test_a_bulk_load_that_is_killed_goes_on(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    texts = days(25)
    for at, text in enumerate(texts):
        (folder / f"{at:02}.md").write_text(text)
    url = database.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", _BULK, url, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        acknowledged = [process.stdout.readline()]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.readlines()
    held = counts(database)["briefing"]
    assert held >= len(acknowledged)
    # Whole batches are there, and nothing of others.
    assert held % 4 == 0 or held == 25
    done = subprocess.run(
        [sys.executable, "-c", _BULK, url, str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["unchanged"] * held + [
        "added"
    ] * (25 - held)
    alone = Database(f"sqlite:///{tmp_path}/alone.db", read_timeout=30)
    migrate(alone)
    take_in_together(alone, texts)
    assert meaning(database) == meaning(alone)
    alone.close()
    checks = {check.name: check for check in doctor.examine(Settings(database_url=url))}
    assert all(check.ok for check in checks.values()), json.dumps(
        {name: check.detail for name, check in checks.items()}
    )


def test_documents_are_read_again_in_batches(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "_BATCH", 4)
    take_in_together(database, days(10))
    held = meaning(database)
    monkeypatch.setattr(knowledge, "fingerprint", lambda: "another")
    assert ingest.reread_documents(database, CHANNEL) == 10
    assert meaning(database) == held
    assert ingest.reread_documents(database, CHANNEL) == 0
