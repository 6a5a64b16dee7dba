"""Maps that are costly to build enter as bytes and leave as a file; nothing in it is executed."""
