"""Change over time: entities and spans enter, timelines, trends, differences and the change
log leave; no state is kept.
"""
