"""The media themselves: once each, verified, beside the database."""
