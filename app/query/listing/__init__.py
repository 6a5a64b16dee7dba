"""Lists and queries enter; their descriptions, buckets and facets leave; no filter is decided."""
