"""What pages of schemes show."""

from performance.drafting.show.checks import checks, checks_of
from performance.drafting.show.differences import (
    change_rows,
    judge_rows,
    may_see_drafts,
    versions_to_compare,
)
from performance.drafting.show.effects import coverage, coverage_of, effect, places, report_rows
from performance.drafting.show.movers import level_months
from performance.drafting.show.weights import columns, matrix

__all__ = [
    "change_rows", "checks", "checks_of", "columns", "coverage", "coverage_of", "effect", "judge_rows",
    "level_months", "matrix", "may_see_drafts", "places", "report_rows", "versions_to_compare",
]  # fmt: skip
