"""Pages of the city's DIP catalogues: import, look, propose."""
