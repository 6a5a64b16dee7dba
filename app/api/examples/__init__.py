"""Examples of every answer, made of its own shape, so that they cannot go stale."""
