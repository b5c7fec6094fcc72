from alliance.confirmation.models.lines import SIDES, Line, Picture, Round, Side, other
from alliance.confirmation.models.sayings import Agreement, Difference, Statement

__all__ = ["SIDES", "Agreement", "Difference", "Line", "Picture", "Round", "Side", "Statement", "other"]
