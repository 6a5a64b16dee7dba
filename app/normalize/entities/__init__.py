"""Names and a catalogue go in; entities, mentions and clusters come out; nothing is stored here."""
