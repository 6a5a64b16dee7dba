"""A typed name or a text enters, the entities it may mean leave; no entity is ever created."""
