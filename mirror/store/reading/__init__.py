"""Read-only questions to a mirror: the only SQL of the commands. Values out, no text for people."""
