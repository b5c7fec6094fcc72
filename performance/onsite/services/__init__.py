"""What is done on site: checklists, planning, receiving from devices, signing, what follows."""
