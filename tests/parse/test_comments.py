import pytest

from app.parse.comments import mask_comments


@pytest.mark.parametrize(
    "text",
    ["a <!-- b --> c", "a\n<!--\nb\n-->\nc", "a %%b%% c", "%%\nb\n%%\nc", "%% b\nb %%\nc"],
)
def test_a_comment_becomes_spaces_of_its_length(text: str) -> None:
    masked = mask_comments(text)
    assert "b" not in masked
    assert "c" in masked
    assert len(masked) == len(text)
    assert masked.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "a <!-- b",
        "`<!-- b -->`",
        "```\n<!-- b -->\n```",
        "up 5%% b",
        "a --> b",
        "~~~\n%% b %%\n~~~",
    ],
)
def test_what_is_no_comment_stays(text: str) -> None:
    assert mask_comments(text) == text
