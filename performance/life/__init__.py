"""The life of a month: its calendar, what becomes of it after approval, corrections into an open month."""
