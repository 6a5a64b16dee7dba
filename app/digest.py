"""Conducts digests: the stories of a period, written in a format within a budget."""

from app.errors import BadRequest
from app.query.publishing import digest as query
from app.query.request.digest_params import DigestFormat, DigestQuery
from app.query.schemas.digest import DigestOut
from app.render import digest as render
from app.render.messages import SERVICES
from app.store.db import Session


def write(
    session: Session,
    params: DigestQuery,
    format_: DigestFormat,
    lang: str | None,
    *,
    home: str = "",
    prefix: str = "",
) -> bytes:
    """Return a digest, never longer than the budget in the unit of its format.

    `home` is the absolute address of the service; without one, messages have no links to items,
    and links of JSON begin with `prefix`. Raises BadRequest for a value that names nothing, which
    only JSON has a place for.
    """
    stories = query.find(session, params, lang)
    if format_ == "json":
        linked = []
        for story in stories.stories:
            linked.append(story.model_copy(update={"link": (home or prefix) + story.link}))
        digest = DigestOut(
            from_=stories.first,
            to=stories.last,
            budget=params.budget,
            unit="bytes",
            stories=linked,
            left=stories.total - len(linked),
            dataset_version=stories.version,
            warnings=stories.warnings,
        )
        return render.as_json(digest)
    if stories.warnings:
        raise BadRequest("; ".join(stories.warnings))
    message = render.message(
        stories.first,
        stories.last,
        stories.stories,
        params.budget,
        SERVICES[format_],
        home,
        lang,
    )
    return message.encode()
