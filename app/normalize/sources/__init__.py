"""Labels and targets of sources enter; identities and publishers leave; no address is fetched."""
