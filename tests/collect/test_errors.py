from app.collect.errors import FetchError


def test_a_reason_may_ask_to_wait() -> None:
    error = FetchError("the server answered 429", 60)
    assert (str(error), error.wait_seconds) == ("the server answered 429", 60)
