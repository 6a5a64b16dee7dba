"""The error of a fetch or of a feed; its text is the reason that is reported."""


class FetchError(Exception):
    """A feed or page was not read. `wait_seconds` is how long the server asked to wait."""

    def __init__(self, reason: str, wait_seconds: int | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds
