"""Tags, sources and publishers: filters enter, public shapes leave; nothing is ever written."""
