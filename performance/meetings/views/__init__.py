"""Pages of bodies, meetings and tasks."""
