"""The public shapes. Every field is always there, null said explicitly, but where `fields` or `include` ask otherwise."""
