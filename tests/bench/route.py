"""Yardstick: a FastAPI route that answers `/N` with N bytes."""

from fastapi import FastAPI, Response

app = FastAPI(openapi_url=None)


@app.get("/{size}")
async def constant(size: int) -> Response:
    """Answer with `size` bytes."""
    return Response(b"x" * size, media_type="application/json")
