"""The mirror's database: the only SQL of the project."""
