from app.parse.line_cache import MAX_IDLE_ENTRIES, LineCache, shrink_line_caches


def test_a_line_is_read_once() -> None:
    calls: list[str] = []

    @LineCache
    def length(text: str) -> int:
        calls.append(text)
        return len(text)

    assert length("ab") == length("ab") == 2
    assert calls == ["ab"]


def test_only_the_lines_of_a_long_document_are_forgotten() -> None:
    calls: list[int] = []

    @LineCache
    def double(number: int) -> int:
        calls.append(number)
        return 2 * number

    double(0)
    shrink_line_caches()
    double(0)
    assert calls == [0]
    for number in range(MAX_IDLE_ENTRIES + 1):
        double(number)
    shrink_line_caches()
    double(0)
    assert calls.count(0) == 2
