"""Counting in memory: stored columns and a filter enter, counts and pages of pks leave.

Loaded columns never change.
"""
