"""Pages of this room: load, permit, form, service, redirect."""
