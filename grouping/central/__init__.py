"""Group results of the city, compared with our own groups."""
