"""On-site assessment: checklists, visits carried out on a phone, copies, rectification (practice 5)."""
