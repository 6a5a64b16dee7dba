"""Small documents to ingest, and the seeds as a reader finds them."""

import re
from pathlib import Path

SEEDS = {
    path.stem: path.read_bytes()
    for path in sorted((Path(__file__).parent.parent / "seeds" / "briefings").glob("*.md"))
}
NEWER, OLDER = "2025-12-23", "2025-11-22"


def lines(day: str) -> list[str]:
    """The lines of a seed, the first at index 1."""
    return ["", *SEEDS[day].decode().splitlines()]


def between(day: str, first: int, last: int) -> list[str]:
    """Lines `first` to `last` of a seed, both included."""
    return lines(day)[first : last + 1]


def headings(day: str, level: int) -> list[str]:
    """The headings of one level, in their order."""
    return [m[1].strip() for line in lines(day) if (m := re.match("#" * level + r" (.*)", line))]


def item(
    title: str,
    *links: str,
    summary: str = "摘要。",
    entities: str = "",
    importance: str = "",
    sources: str = "",
) -> str:
    """An item as the dailies write them; `sources` is the whole line, `links` are joined to one."""
    labels = {"關鍵實體": entities, "重要性": importance, "來源": sources or " | ".join(links)}
    ends = "\n".join(f"**{label}**：{text}  " for label, text in labels.items() if text)
    return f"### {title}\n\n**核心摘要**  \n{summary}\n\n{ends}\n"


def section(title: str, *items: str) -> str:
    """A section with its items."""
    return f"## {title}\n\n" + "\n".join(items)


def document(
    day: str,
    *items: str,
    title: str = "標題",
    tags: str = "",
    draft: bool = False,
    section: str = "今日焦點",
    end: str = "",
) -> str:
    """A briefing of one section."""
    head = f"---\ntitle: '{title}'\ndate: {day}T06:00:00+08:00\ndraft: {str(draft).lower()}\ntags: [{tags}]\n---\n"
    return f"{head}\n## {section}\n\n" + "\n".join(items) + end


def briefing(*parts: str, date: str = "2026-01-02", title: str = "簡報", **front: str) -> str:
    """A briefing of one section, or of those among `parts`, with any front matter."""
    head = "".join(
        f"{key}: {value}\n" for key, value in {"title": title, "date": date, **front}.items()
    )
    body = (
        "\n".join(parts)
        if parts and parts[0].startswith("## ")
        else section("今日焦點（Top Headlines）", *parts)
    )
    return f"---\n{head}---\n\n{body}\n"
