from alliance.confirmation.models.lines import SIDES, Line, Picture, Round, Side, last_day, other
from alliance.confirmation.models.sayings import Agreement, Difference, Reopening, Statement

__all__ = [
    "SIDES",
    "Agreement",
    "Difference",
    "Line",
    "Picture",
    "Reopening",
    "Round",
    "Side",
    "Statement",
    "last_day",
    "other",
]
