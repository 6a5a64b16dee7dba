"""A typed client of Briefbase: lists as iterators over all pages, sync and async."""

from briefbase_client.client import AsyncBriefbase, Briefbase
from briefbase_client.errors import BriefbaseError
from briefbase_client.walk import AsyncWalk, Walk

__all__ = ["AsyncBriefbase", "AsyncWalk", "Briefbase", "BriefbaseError", "Walk"]
