"""Files for banks and their answers, as data."""
