"""Tags, keywords, sources and publishers: filters enter, public shapes leave; nothing is written."""
