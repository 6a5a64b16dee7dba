"""Stories told over days: an item or a filter enters, its threads, related items and watch list
leave; nothing is decided here.
"""
