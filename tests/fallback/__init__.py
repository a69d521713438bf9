"""Crawls of sites without a REST API."""
