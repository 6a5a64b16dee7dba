"""The shapes of lists turned into buckets."""

from typing import Annotated

from pydantic import Field

from app.query.schemas.shared import Out


class BucketPart(Out):
    """What a bucket is of, in one dimension."""

    dimension: Annotated[str, Field(examples=["importance"])]
    key: str
    label: str
    missing: Annotated[
        bool, Field(description="The bucket of what has no value; its key is `none`.")
    ]


class BucketOut(Out):
    """What is alike: how much there is of it, and the list of it."""

    key: Annotated[
        str, Field(description="Of two dimensions: both, parted by a comma.", examples=["high"])
    ]
    label: str
    count: int
    url: Annotated[str, Field(description="The list of exactly these.")]
    parts: Annotated[list[BucketPart], Field(description="One a dimension.")]
