"""Output of `briefbase ingest`: progress, a table of at most 80 columns, or JSON lines."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from app.cli.terminal import err, out
from app.ingest import Report, Reports
from app.telemetry import stage_seconds

MIN_TIMED_DOCUMENTS = 8
MAX_TABLE_ROWS = 500
PROGRESS_SECONDS = 10.0
"""Seconds between two lines of progress where standard error is not a terminal."""
OTHER_COLUMNS = 58
"""Width of the table in terminal cells, without its titles."""
MIN_TITLE_COLUMNS = 22
_STATUSES = {
    "added": "[green]added[/]",
    "replaced": "[yellow]replaced[/]",
    "unchanged": "[dim]unchanged[/]",
    "deleted": "[magenta]deleted[/]",
    "parsed": "[cyan]parsed[/]",
    "failed": "[red]failed[/]",
}


def watch(reports: Reports, total: int) -> Iterator[Report]:
    """Yield each report; show a progress bar on a terminal, and a line now and then elsewhere."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    # No refresh thread: only a process with one thread can be forked (`process_map.py`).
    progress = Progress(
        *columns, console=err, transient=True, auto_refresh=False, disable=not err.is_terminal
    )
    with closing(reports), progress:
        task = progress.add_task("Ingesting", total=total)
        start = last_line = time.monotonic()
        for count, report in enumerate(reports, 1):
            yield report
            progress.update(task, advance=1, description=escape(report.name), refresh=True)
            now = time.monotonic()
            if not err.is_terminal and now - last_line > PROGRESS_SECONDS:
                last_line = now
                err.print(f"{count} of {total} documents, {count / (now - start):.1f} a second")


def print_line(report: Report) -> None:
    """Print a report as one line of JSON."""
    print(json.dumps(as_json(report), ensure_ascii=False), flush=True)


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as programs read it; counts are of items."""
    return {
        "document": report.name,
        "briefing": report.briefing,
        "date": report.date,
        "title": report.title,
        "status": report.status,
        "items": report.items,
        "problems": problems(report),
        "warnings": report.warnings,
        "notes": report.notes,
    }


def problems(report: Report) -> list[str]:
    """Return the problems of a document as sentences: its error, faults and lines not read."""
    sentences = [report.error] if report.error else []
    sentences.extend(report.problems)
    unread = report.nonblank - report.covered
    if unread:
        sentences.append(f"{unread} of {report.nonblank} lines were not read.")
    return sentences


def _print_sentences(report: Report) -> None:
    """Print the problems of a document, then its warnings and notes."""
    name = escape(report.name)
    for problem in problems(report):
        err.print(f"[red]{name}:[/] {escape(problem)}")
    for sentence in [*report.warnings, *report.notes]:
        err.print(f"[yellow]{name}:[/] {escape(sentence)}")


def print_table(reports: list[Report]) -> None:
    """Print a table of the reports, their problems, and how many documents have each status."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("date", no_wrap=True)
    table.add_column("title", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for name in ("items", "added", "updated", "removed", "problems"):
        table.add_column(name, justify="right", no_wrap=True)
    for report in reports:
        if len(reports) <= MAX_TABLE_ROWS or problems(report):
            table.add_row(*_cells(report))
    out.print(table)
    for report in reports:
        _print_sentences(report)
    counts = Counter(report.status for report in reports)
    out.print(", ".join(f"{count} {status}" for status, count in counts.items()) + ".")


def _cells(report: Report) -> list[str | Text]:
    title = Text(report.title or report.name)
    title.truncate(max(out.width - OTHER_COLUMNS, MIN_TITLE_COLUMNS), overflow="ellipsis")
    cells: list[str | Text] = [report.date or "", title, _STATUSES[report.status]]
    for name in ("found", "added", "updated", "removed"):
        count = report.items.get(name)
        cells.append("" if count is None else str(count))
    count = len(problems(report))
    cells.append(f"[red]{count}[/]" if count else "0")
    return cells


def print_pace(documents: int, seconds: float) -> None:
    """Print documents a second and seconds by stage; processes read documents in parallel."""
    if documents < MIN_TIMED_DOCUMENTS:
        return
    stages = []
    for stage, duration in stage_seconds.items():
        if duration >= 0.05:
            stages.append(f"{stage} {duration:.1f}")
    err.print(
        f"{documents} documents in {seconds:.1f} s, {documents / seconds:.1f} a second. "
        f"Seconds by stage: {', '.join(stages)}."
    )
