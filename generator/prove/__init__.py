"""Rules loaded in a scratch network, and real connections that show what they do."""
