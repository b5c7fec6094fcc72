"""Plans of second distributions: what the database keeps of what a group agreed on."""
