"""Reading: a session and checked parameters enter, public shapes or their JSON leave.

Nothing is written.
"""
