"""Judgements and mentions enter; entities and their names leave; nothing here reads documents."""
