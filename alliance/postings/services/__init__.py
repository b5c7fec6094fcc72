"""What is done with postings."""

from alliance.postings.services.days import (
    MOST_AT_ONCE,
    Figures,
    absent,
    asks_place,
    check_in,
    check_out,
    confirm,
    confirm_many,
    dispute,
    is_expert,
    report,
    swap,
)
from alliance.postings.services.evaluations import evaluate
from alliance.postings.services.plan import Terms, agree, end, faults, propose, refuse, withdraw
from alliance.postings.services.refusals import PostingRefused

__all__ = [
    "MOST_AT_ONCE",
    "Figures",
    "PostingRefused",
    "Terms",
    "absent",
    "agree",
    "asks_place",
    "check_in",
    "check_out",
    "confirm",
    "confirm_many",
    "dispute",
    "end",
    "evaluate",
    "faults",
    "is_expert",
    "propose",
    "refuse",
    "report",
    "swap",
    "withdraw",
]
