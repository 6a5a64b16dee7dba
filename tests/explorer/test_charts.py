"""Charts draw what they are given."""

import re

from app.explorer.charts import MAX_BAR, ChartSeries, Labels, Neighbour, graph, spark, timeline

LABELS = Labels("t", "gap", "most {0} on {1}")


def test_a_sparkline_has_a_bar_for_each_value() -> None:
    assert str(spark([0, 2, 1])).count("v-") == 2
    assert str(spark([])) == ""


def test_gaps_are_shaded_as_runs() -> None:
    axis = []
    for day, briefings in enumerate((1, 0, 0, 1, 0), 1):
        text = f"2026-01-0{day}"
        axis.append({"start": text, "end": text, "briefings": briefings})
    series = ChartSeries("<Qwen>", [3, 0, 0, 1, 0], ["/x"] * 5)
    svg = str(timeline(axis, [series], LABELS))
    assert re.findall(r"gap ([\d-]+ – [\d-]+)", svg) == [
        "2026-01-02 – 2026-01-03",
        "2026-01-05 – 2026-01-05",
    ]
    assert svg.count("<a ") == 2
    assert "&lt;Qwen&gt;" in svg


def test_bars_of_few_days_do_not_fill_the_page() -> None:
    axis = [{"start": f"2026-01-0{day}", "end": "", "briefings": 1} for day in (1, 2)]
    html = str(timeline(axis, [ChartSeries("A", [1, 2], ["/x"] * 2)], LABELS))
    places = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', html)
    # Each in the middle of its half.
    assert [float(x) + float(width) / 2 for x, width in places] == [240, 720]
    assert {float(width) for _, width in places} == {MAX_BAR}


def test_a_row_tells_its_maximum_and_the_scale_of_all() -> None:
    axis = [{"start": f"2026-01-0{day}", "end": "", "briefings": 1} for day in (1, 2)]
    rows = [ChartSeries("A", [1, 2], ["/x"] * 2), ChartSeries("B", [7, 0], ["/x"] * 2)]
    html = str(timeline(axis, rows, LABELS))
    assert "most 2 on 2026-01-02" in html
    assert "most 7 on 2026-01-01" in html
    assert re.findall(r'class="scale">(\d+)<', html) == ["7", "7"]
    # Text in a chart that is stretched would be stretched, too.
    assert "<text" not in html


def test_numbers_stand_below_few_bars() -> None:
    axis = [{"start": str(day), "end": "", "briefings": 1} for day in range(40)]
    few = timeline(axis[:3], [ChartSeries("A", [1, 0, 2], ["/x"] * 3)], LABELS)
    assert "<span>1</span><span></span><span>2</span>" in few
    assert "values" not in timeline(axis, [ChartSeries("A", [1] * 40, ["/x"] * 40)], LABELS)


def test_a_graph_has_a_line_for_each_neighbour() -> None:
    svg = str(graph("A", [Neighbour("B", "/b", 1, 4), Neighbour("C", "/c", 0, 1)], "t"))
    assert svg.count("<path") == 2
    assert 'href="/b"' in svg
