"""Trials and what they find."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """A measured value beside what it must be."""

    what: str
    measured: str
    bound: str
    holds: bool


@dataclass(frozen=True)
class Trial:
    """A program that tries one fault or load.

    `run` gets an empty folder and whether the trial should be short, and returns its findings.
    """

    name: str
    run: Callable[[Path, bool], list[Finding]]
    is_short: bool = True
    """Whether the trial is part of the short tier."""


def slack(is_short: bool) -> float:
    """Return the factor of bounds on time: the short tier also runs on busy machines."""
    return 3.0 if is_short else 1.0


def at_most(what: str, value: float, bound: float, unit: str = "") -> Finding:
    """Return the finding of a value with a maximum."""
    return Finding(what, f"{value:.3g}{unit}", f"≤ {bound:g}{unit}", value <= bound)


def at_least(what: str, value: float, bound: float, unit: str = "") -> Finding:
    """Return the finding of a value with a minimum."""
    return Finding(what, f"{value:.3g}{unit}", f"≥ {bound:g}{unit}", value >= bound)
