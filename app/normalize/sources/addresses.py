"""Pages that have several addresses, by the reviewed file beside it: youtu.be, raw files, AMP."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

PAGES_FILE = Path(__file__).with_name("addresses.toml")


class _PageRule(NamedTuple):
    """One rule of the file."""

    host: re.Pattern[str]
    path: re.Pattern[str]
    url: str


@cache
def _pages() -> tuple[_PageRule, ...]:
    with PAGES_FILE.open("rb") as file:
        rules = tomllib.load(file)
    pages: list[_PageRule] = []
    for rule in rules["page"]:
        pages.append(_PageRule(re.compile(rule["host"]), re.compile(rule["path"]), rule["url"]))
    return tuple(pages)


def one_address(host: str, path: str) -> str | None:
    """Return the canonical address of a page at `host` and `path`; None if it is this one."""
    for page in _pages():
        at_host = page.host.fullmatch(host)
        at_path = page.path.fullmatch(path) if at_host else None
        if at_host and at_path:
            return page.url.format(**at_host.groupdict(), **at_path.groupdict())
    return None
