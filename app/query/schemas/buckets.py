"""Shapes of grouped lists."""

from pydantic import Field

from app.query.schemas.shared import Out


class BucketPart(Out):
    """Value of a bucket in one dimension."""

    dimension: str = Field(description="Name of the dimension.", examples=["importance"])
    key: str = Field(description="Value, as the filter of the dimension takes it.")
    label: str = Field(description="Value in words, in the language of the answer.")
    missing: bool = Field(
        description="Whether this is the bucket of entries without a value; its key is `none`."
    )


class BucketOut(Out):
    """Entries with equal values, counted."""

    key: str = Field(
        description="Key of the value; keys of two dimensions are separated by a comma.",
        examples=["high"],
    )
    label: str = Field(description="Value in words, in the language of the answer.")
    count: int = Field(description="Number of entries.")
    url: str = Field(description="List of exactly these entries.")
    parts: list[BucketPart] = Field(description="Value in each dimension.")
