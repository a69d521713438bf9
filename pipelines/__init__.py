"""The item pipelines: thin, one job each, over the pure functions of `mirror`."""
