"""Charts draw what they are given."""

import re

from app.explorer.charts import ChartSeries, Neighbour, graph, spark, timeline


def test_a_sparkline_has_a_bar_for_each_value() -> None:
    assert str(spark([0, 2, 1])).count("v-") == 2
    assert str(spark([])) == ""


def test_gaps_are_shaded_as_runs() -> None:
    axis = []
    for day, briefings in enumerate((1, 0, 0, 1, 0), 1):
        text = f"2026-01-0{day}"
        axis.append({"start": text, "end": text, "briefings": briefings})
    series = ChartSeries("<Qwen>", [3, 0, 0, 1, 0], ["/x"] * 5)
    svg = str(timeline(axis, [series], "t", "gap"))
    assert re.findall(r"gap ([\d-]+ – [\d-]+)", svg) == [
        "2026-01-02 – 2026-01-03",
        "2026-01-05 – 2026-01-05",
    ]
    assert svg.count("<a ") == 2
    assert "&lt;Qwen&gt;" in svg


def test_a_graph_has_a_line_for_each_neighbour() -> None:
    svg = str(graph("A", [Neighbour("B", "/b", 1, 4), Neighbour("C", "/c", 0, 1)], "t"))
    assert svg.count("<path") == 2
    assert 'href="/b"' in svg
