"""Tools, resources and prompts for agents: a call enters, a bounded answer leaves; no SQL here."""
