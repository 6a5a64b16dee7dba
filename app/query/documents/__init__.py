"""Briefings as documents: ids or filters enter, briefings, stored bytes, versions and quality
reports leave; nothing is parsed.
"""
