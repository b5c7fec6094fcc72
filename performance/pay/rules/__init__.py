"""Rules of flow: what the database keeps of them."""
