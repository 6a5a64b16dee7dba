"""Selections made for other formats: filters enter, entries of feeds, digests, citations and
exports leave; no format is written here.
"""
