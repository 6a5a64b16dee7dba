"""Small documents to take in."""


def item(title: str, *sources: str, names: str = "", summary: str = "摘要。", level: str = "") -> str:
    """A full item."""
    lines = [f"### {title}", "", "**核心摘要**", summary, ""]
    lines += ["**關鍵實體**", names, ""] if names else []
    lines += ["**重要性評估**", f"{level}（理由）", ""] if level else []
    lines += ["**來源**", " | ".join(sources), ""] if sources else []
    return "\n".join(lines)


def section(title: str, *items: str) -> str:
    """A section with its items."""
    return f"## {title}\n\n" + "\n".join(items)


def briefing(*items: str, date: str = "2026-01-02", title: str = "簡報", **front: str) -> str:
    """A document of one section, or of those among `items`."""
    head = "".join(f"{key}: {value}\n" for key, value in {"title": title, "date": date, **front}.items())
    body = "\n".join(items) if items and items[0].startswith("## ") else section("今日焦點（Top Headlines）", *items)
    return f"---\n{head}---\n\n{body}\n"
