"""Addresses of images, videos and badges, which are no sources."""

import re
from urllib.parse import urlsplit

_MEDIA_FILE = re.compile(
    r"\.(?:png|jpe?g|gif|webp|svg|avif|bmp|ico|mp4|webm|mov|m4v|mp3|wav|ogg)$",
    re.IGNORECASE,
)
BADGE_HOSTS = (
    "img.shields.io",
    "badge.fury.io",
    "badgen.net",
    "shields.io",
)
_BADGE_PATH = re.compile(r"/badges?[/.]|/badge\.svg", re.IGNORECASE)
_IMAGE_LABEL = re.compile(r"^!\[[^\[\]]*\]\((?P<target>[^()\s]+)[^()]*\)$")


def is_media(url: str) -> bool:
    """Return whether `url` is that of an image, a video or a badge."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if (parts.hostname or "") in BADGE_HOSTS or _BADGE_PATH.search(parts.path):
        return True
    query_file = parts.query.rsplit("=", 1)[-1] if "://" in parts.query else ""
    return bool(_MEDIA_FILE.search(parts.path) or _MEDIA_FILE.search(query_file))


def is_badge_label(label: str | None) -> bool:
    """Return whether the label of a link is nothing but the image of a badge."""
    match = _IMAGE_LABEL.match((label or "").strip())
    if not match:
        return False
    try:
        parts = urlsplit(match["target"])
    except ValueError:
        return False
    return (parts.hostname or "") in BADGE_HOSTS or bool(_BADGE_PATH.search(parts.path))
