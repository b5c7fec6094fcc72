"""Pages of data sources: their settings in versions, and the assistant that maps foreign tables."""
