"""What a crawl should do, decided from what upstream said and what we hold: no I/O, no clock."""
