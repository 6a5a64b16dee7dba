"""Validated filters enter; SQL conditions leave, with warnings for unknown ids; no list is read."""
