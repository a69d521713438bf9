"""The WordPress REST protocol as values: places to ask, routes, windows, replies, problems."""
