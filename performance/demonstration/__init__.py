"""Loading the demonstration through the product's own services: nothing here writes a figure itself."""
