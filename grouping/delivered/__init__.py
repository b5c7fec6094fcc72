"""A delivered file on its way from staging to cases."""
