"""Requests: query strings enter, checked parameters, cursors and pages leave.

No resource is known here.
"""
