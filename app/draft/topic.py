"""A topic of a draft with all that its item says."""

from dataclasses import dataclass

from app.draft.article import CollectedArticle
from app.draft.ranking import Rank
from app.draft.sections import Placement
from app.draft.summaries import Extract


@dataclass(frozen=True, slots=True)
class DraftTopic:
    """A topic with all that its item says. `articles` are in order of preference."""

    id: str
    articles: tuple[CollectedArticle, ...]
    nodes: tuple[str, ...]
    rank: Rank
    placement: Placement
    extract: Extract
    lead: str | None
    """The name that the first article's title begins with: who or what the topic is about."""
    chosen: bool
    choice: str
    written_title: str | None = None
    """An editor's title."""

    @property
    def title(self) -> str:
        """The editor's title, else that of the first article."""
        return self.written_title or self.articles[0].title
