"""Builders of small documents, and the lines of the seeds."""

import re
from pathlib import Path

SEEDS = {
    path.stem: path.read_bytes()
    for path in sorted((Path(__file__).parent.parent / "seeds" / "briefings").glob("*.md"))
}
NEWER, OLDER = "2025-12-23", "2025-11-22"


def lines(day: str) -> list[str]:
    """Return the lines of a seed; the first has index 1."""
    return ["", *SEEDS[day].decode().splitlines()]


def between(day: str, first: int, last: int) -> list[str]:
    """Return the lines `first` to `last` of a seed, both included."""
    return lines(day)[first : last + 1]


def headings(day: str, level: int) -> list[str]:
    """Return the headings of one level in order."""
    return [m[1].strip() for line in lines(day) if (m := re.match("#" * level + r" (.*)", line))]


def item(
    title: str,
    *links: str,
    summary: str = "摘要。",
    entities: str = "",
    importance: str = "",
    sources: str = "",
) -> str:
    """Return an item in the form of the dailies; `links` are joined to the line of `sources`."""
    labels = {"關鍵實體": entities, "重要性": importance, "來源": sources or " | ".join(links)}
    ends = "\n".join(f"**{label}**：{text}  " for label, text in labels.items() if text)
    return f"### {title}\n\n**核心摘要**  \n{summary}\n\n{ends}\n"


def section(title: str, *items: str) -> str:
    """Return a section with its items."""
    return f"## {title}\n\n" + "\n".join(items)


def briefing(
    *parts: str,
    date: str = "2026-01-02",
    title: str = "簡報",
    heading: str = "今日焦點（Top Headlines）",
    end: str = "",
    **front: str,
) -> str:
    """Return a briefing of sections, or of items under one `heading`; `front` is front matter."""
    lines = [f"title: {title}", f"date: {date}"]
    lines.extend(f"{key}: {value}" for key, value in front.items())
    has_sections = bool(parts) and parts[0].startswith("## ")
    body = "\n".join(parts) if has_sections else section(heading, *parts)
    return "---\n" + "\n".join(lines) + f"\n---\n\n{body}{end}\n"


def document(
    day: str,
    *items: str,
    title: str = "標題",
    tags: str = "",
    draft: bool = False,
    section: str = "今日焦點",
    end: str = "",
) -> str:
    """Return the briefing of a day, published at six in Taipei."""
    return briefing(
        *items,
        date=f"{day}T06:00:00+08:00",
        title=f"'{title}'",
        heading=section,
        end=end,
        draft=str(draft).lower(),
        tags=f"[{tags}]",
    )
