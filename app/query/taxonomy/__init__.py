"""Tags, keywords, sources and publishers: filters enter, public shapes leave; rows are never written."""
