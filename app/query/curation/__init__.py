"""Acts of curators and writers: judgements, the audit log, tombstones and unlisted names leave;
nothing is judged here.
"""
