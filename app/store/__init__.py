"""Decided documents enter; rows and derived data leave; nothing here answers queries."""
