"""Run trials and print a table; the exit status tells whether all bounds hold.

`python -m tests.torture [--short] [NAME…]`; names are those of the trials. The short tier has what
holds on any machine; loads, whose bounds are seconds, are for a machine that does nothing else.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.torture import (
    collector,
    cuts,
    day,
    failover,
    generated,
    kills,
    overload,
    servers,
    stalled,
    storage,
    writers,
)
from tests.torture.trial import Finding, Trial

TRIALS: list[Trial] = [
    *generated.TRIALS,
    overload.TRIAL,
    *storage.TRIALS,
    *cuts.TRIALS,
    *writers.TRIALS,
    stalled.TRIAL,
    *kills.TRIALS,
    *servers.TRIALS,
    *failover.TRIALS,
    day.TRIAL,
    collector.TRIAL,
]


SHORT_SECONDS = 25.0
"""Seconds after which the short tier begins no further trial: a busy machine tries fewer."""


def main(arguments: list[str]) -> int:
    """Run the trials that are named, or all of the tier."""
    is_short = "--short" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    rows: list[tuple[str, Finding]] = []
    started = time.monotonic()
    for trial in TRIALS:
        is_named = not names or trial.name in names
        if is_named and (trial.is_short or not is_short):
            if is_short and time.monotonic() > started + SHORT_SECONDS:
                print(f"{trial.name}: not tried, the short tier is out of time", file=sys.stderr)
                continue
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                rows += [(trial.name, finding) for finding in trial.run(Path(folder), is_short)]
            print(f"{trial.name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print("| trial | what | measured | bound | |\n|---|---|--:|--:|---|")
    for name, finding in rows:
        state = "holds" if finding.holds else "FAILS"
        print(f"| {name} | {finding.what} | {finding.measured} | {finding.bound} | {state} |")
    return int(not all(finding.holds for _, finding in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
