"""Features of items enter; links, threads, echoes and answers leave; no database is read here."""
