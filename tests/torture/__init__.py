"""Faults and loads that the service must survive, as programs: `make torture`."""
