"""Master data in Django's admin: found by its autodiscovery, served below /a/<code>/data/."""

from alliance.admin import others, people, places, teams

__all__ = ["others", "people", "places", "teams"]
