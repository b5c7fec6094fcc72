"""Pages of surveys inside an alliance."""
