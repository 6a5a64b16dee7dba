"""Blocks of a document of a known layout enter, the body of a draft leaves; what a layout is, is
told here by one file each, or by a description in TOML."""
