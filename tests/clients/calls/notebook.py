"""Runs the notebook of research questions against `BASE`; prints a line for each plot with data."""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt


def has_data(figure: Any) -> bool:
    """Return whether every plot of a figure has a title and draws a line or a bar."""
    return all(axes.get_title() and (axes.lines or axes.patches) for axes in figure.axes)


def main() -> None:
    """Run the cells in order, in one namespace, as a kernel does."""
    mpl.use("agg")
    notebook = json.loads(Path(sys.argv[1]).read_text())
    namespace: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        exec("".join(cell["source"]), namespace)
        for number in plt.get_fignums():
            figure = plt.figure(number)
            figure.canvas.draw()
            if has_data(figure):
                print("ok ", figure.axes[0].get_title())
        plt.close("all")


if __name__ == "__main__":
    main()
