"""Takes lists of feeds, fetches politely and stores each article once; nothing is decided here."""
