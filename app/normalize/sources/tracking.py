"""Parameters of URLs that only track, and hosts that are one, from the reviewed file beside it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES_FILE = Path(__file__).with_name("tracking.toml")


@dataclass(frozen=True, slots=True)
class TrackingRules:
    """The rules of the file. Names are in lower case; those that ended in `*` are prefixes."""

    names: frozenset[str]
    prefixes: tuple[str, ...]
    names_by_host: dict[str, frozenset[str]]
    prefixes_by_host: dict[str, tuple[str, ...]]
    kept_by_host: dict[str, frozenset[str]]
    same_hosts: dict[str, str]

    def tracks(self, name: str, host: str) -> bool:
        """Return whether a parameter of this name only tracks on `host`."""
        name = name.lower()
        if name in self.kept_by_host.get(f"{host.partition('.')[0]}.*", ()):
            return False
        for domain in _domains(host):
            if name in self.kept_by_host.get(domain, ()):
                return False
            if name in self.names_by_host.get(domain, ()):
                return True
            if name.startswith(self.prefixes_by_host.get(domain, ())):
                return True

        return name in self.names or name.startswith(self.prefixes)

    def host(self, host: str) -> str:
        """Return the host that `host` is one with, or `host` itself."""
        same = self.same_hosts.get(host) or self.same_hosts.get(host.removeprefix("www."))
        return same or host


def _domains(host: str) -> list[str]:
    """Return a host and the domains above it, without the last label."""
    labels = host.split(".")
    return [".".join(labels[index:]) for index in range(len(labels) - 1)]


@cache
def tracking_rules() -> TrackingRules:
    """Return the rules of the file, read once a process."""
    with RULES_FILE.open("rb") as file:
        rules = tomllib.load(file)

    names, prefixes = _split(rules["everywhere"])
    names_by_host: dict[str, frozenset[str]] = {}
    prefixes_by_host: dict[str, tuple[str, ...]] = {}
    for host, listed in rules["hosts"].items():
        names_by_host[host], prefixes_by_host[host] = _split(listed)
    kept_by_host: dict[str, frozenset[str]] = {}
    for host, listed in rules["keep"].items():
        kept_by_host[host] = frozenset(listed)

    return TrackingRules(
        names,
        prefixes,
        names_by_host,
        prefixes_by_host,
        kept_by_host,
        rules["same"],
    )


def _split(listed: list[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return (names, prefixes) of a list."""
    names: set[str] = set()
    prefixes: list[str] = []
    for name in listed:
        if name.endswith("*"):
            prefixes.append(name.removesuffix("*"))
        else:
            names.add(name)
    return frozenset(names), tuple(prefixes)
