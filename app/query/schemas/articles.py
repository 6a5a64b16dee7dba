"""Shapes of collected articles and of topics."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.query.schemas.shared import Language, Level, Out, PublisherRef, SectionKind

DraftDate = Annotated[date, Field(description="Day of the draft.")]
PageState = Literal["none", "pending", "done", "failed"]


class TopicRef(Out):
    """Short form of a topic."""

    id: str = Field(description="Id of the topic.", examples=["tp_4bhdq57fxava"])
    date: DraftDate
    title: str = Field(description="Title of the topic.")
    chosen: bool = Field(description="Whether the draft of the day has it.")
    choice: str = Field(description="Why it was chosen, or not.")


class ArticleOut(Out):
    """Collected article. Its whole text is stored and not served."""

    id: str = Field(description="Stable id of the article.", examples=["n_4bhdq57fxava"])
    url: str = Field(description="Address of the article.")
    title: str = Field(description="Title, as the feed gives it.")
    publisher: PublisherRef = Field(description="Publisher at the address.")
    feed: str | None = Field(description="Title of the feed it came from first.")
    language: Language = Field(description="Language of title and text.")
    published_at: datetime | None = Field(
        description="Publication as stated; null if none is stated that can be read."
    )
    seen_at: datetime = Field(description="When it was first collected.")
    excerpt: str = Field(description="First 200 characters of the text.")
    page: PageState = Field(description="State of its page: `none` if the feed has the whole text.")
    page_error: str | None = Field(description="Why its page could not be read.")
    topic: TopicRef | None = Field(description="Newest topic that it belongs to.")


class ArticleRef(Out):
    """Short form of a collected article."""

    id: str = Field(description="Stable id of the article.", examples=["n_4bhdq57fxava"])
    url: str = Field(description="Address of the article.")
    title: str = Field(description="Title, as the feed gives it.")
    publisher: PublisherRef = Field(description="Publisher at the address.")


class TopicOut(Out):
    """Articles of one day on one story, chosen for the draft of the day or not."""

    id: str = Field(description="Id: a function of the articles.", examples=["tp_4bhdq57fxava"])
    date: DraftDate
    position: int = Field(description="Place by salience, from 1; chosen topics come first.")
    title: str = Field(description="Title of the first article.")
    section: SectionKind = Field(description="Kind of section it was placed in.")
    section_evidence: list[str] = Field(
        description="Words, publishers and feeds that decided the section."
    )
    importance: Level = Field(description="Level of importance.")
    reason: str = Field(description="Reason of its importance, in Traditional Chinese.")
    salience: float = Field(description="Salience; docs/collector.md has the weights.")
    chosen: bool = Field(description="Whether the draft of the day has it.")
    choice: str = Field(description="Why it was chosen, or not.")
    articles: list[ArticleRef] = Field(description="Articles, the first gives the title.")
