"""The vendors' side for tests: an authority, a web server with every kind of failure, and a proxy that leads to it."""
