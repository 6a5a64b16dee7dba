"""Values enter; the bytes and numbers they are stored as leave; no session is ever opened here."""
