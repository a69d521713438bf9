"""Measurements, and the site that they are made on."""
