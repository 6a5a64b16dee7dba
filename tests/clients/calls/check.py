"""Addresses and checks of the ten calls; each prints one line."""

import os

BASE = os.environ["BASE"]
KEY = os.environ["KEY"]
DAY = "2025-12-23"


def check(operation: str, is_right: bool) -> None:
    """Print the operation, or raise if its answer is not right."""
    if not is_right:
        raise SystemExit(f"{operation}: the answer is not right")
    print(f"ok {operation}")
