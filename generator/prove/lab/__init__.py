"""A mail server and the world in throw-away network namespaces, joined by one wire, and real packets between them."""
