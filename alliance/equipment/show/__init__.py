"""What the pages of equipment show: calendar, bookings, uses, figures, clearings, requests."""
