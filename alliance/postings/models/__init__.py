"""Agreements and their days. Only what the host confirmed counts anywhere."""

from alliance.postings.models.agreements import Posting, Sided
from alliance.postings.models.days import Evaluation, Visit

__all__ = ["Evaluation", "Posting", "Sided", "Visit"]
