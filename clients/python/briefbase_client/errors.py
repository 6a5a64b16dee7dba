"""The error of a request that the service refused."""

from typing import Any


class BriefbaseError(Exception):
    """A problem document of the service, as an exception."""

    def __init__(self, status: int, problem: Any) -> None:
        self.status = status
        self.problem = problem
        super().__init__(str(getattr(problem, "detail", None) or f"HTTP status {status}"))
