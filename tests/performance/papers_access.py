"""Papers and disclosed months, small, of any alliance."""

from __future__ import annotations

from alliance.lib.canonical import to_plain
from alliance.lib.documents import Part
from alliance.models import Membership
from performance.models import Disclosure, MonthRun, Paper
from tests.performance.pay_scene import NOW
from tests.performance.scene import OCTOBER


def paper(by: Membership, number: int, mark: str) -> Paper:
    """A draft of minutes that says the mark."""
    made: Paper = Paper.objects.create(
        month=OCTOBER.plus(-number).first_day, kind="minutes", number=number, title=mark, line=mark,
        parts=to_plain([Part("x", mark)]), made_at=NOW, edited_by=by, edited_at=NOW,
    )  # fmt: skip
    return made


def disclosed(by: Membership, run: MonthRun, number: int, mark: str) -> Disclosure:
    """A month that waits for its second person."""
    figures = {language: to_plain([Part("x", mark)]) for language in ("zh-hans", "en")}
    made: Disclosure = Disclosure.objects.create(
        month=OCTOBER.first_day, revision=number, figures=figures, run=run, entered_by=by, entered_at=NOW
    )
    return made
