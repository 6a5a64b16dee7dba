"""Entities: ids, names or filters enter, lists, profiles, co-occurring entities and extended
properties leave; nothing is resolved here.
"""
