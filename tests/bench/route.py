"""The other yardstick: a FastAPI route that does nothing but answer `/N` with N bytes."""

from fastapi import FastAPI, Response

app = FastAPI(openapi_url=None)


@app.get("/{size}")
async def constant(size: int) -> Response:
    return Response(b"x" * size, media_type="application/json")
