"""Telling the one who looks elsewhere: what is a problem, whom to tell, and figures to draw."""
