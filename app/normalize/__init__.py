"""A draft goes in; ids, names, sources and stories come out decided; nothing is read or stored."""
