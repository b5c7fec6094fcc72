"""What is done with bodies, meetings and tasks."""
