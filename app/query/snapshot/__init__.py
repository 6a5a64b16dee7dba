"""The version that is read: a session enters, its version and what is cached of it leave.

Nothing made from one version is ever returned for another.
"""
