import pytest
from pydantic import ValidationError

from app.query.request.article_params import ArticleList, TopicList


def test_days_must_be_in_order() -> None:
    with pytest.raises(ValidationError, match="is later than to"):
        ArticleList.model_validate({"from": "2026-06-02", "to": "2026-06-01"})


def test_states_are_a_closed_vocabulary() -> None:
    assert ArticleList(state=["!chosen|candidate"]).state == ["!chosen|candidate"]
    with pytest.raises(ValidationError, match="is not valid"):
        ArticleList(state=["read"])


def test_chosen_is_true_or_false() -> None:
    with pytest.raises(ValidationError):
        TopicList.model_validate({"chosen": "perhaps"})
