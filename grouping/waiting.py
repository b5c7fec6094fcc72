"""What waits for whom in this room, and the month's figures of the home page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Figure, Todo
from alliance.web import words
from grouping import visible
from grouping.models import CaseFile, MissingCase, Pairing
from grouping.pairs import differences
from grouping.queues import waiting as queue
from grouping.show import completeness, month_cases


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Deliveries to decide, questions about missing cases, institutions whose month is not complete."""
    todos: list[Todo] = []
    if membership.can("case_file.publish"):
        todos += [*_deliveries(membership), *_questions(membership)]
    if membership.can("pair.decide"):
        todos += _unmatched(membership)
    if membership.can("declaration.enter"):
        todos += _incomplete(membership, now)
    return todos + queue.waiting(membership, now)


def figures(membership: Membership, now: datetime) -> list[Figure]:
    """Discharges, grouping rate and CMI of the newest month, of whom the member sees; three queries."""
    if not membership.can("case.list"):
        return []
    month = completeness.current_month(membership, timezone.localdate(now))
    rows = month_cases.rows_of(membership, month)
    if not rows:
        return []
    first, *others = month_cases.figures(rows, month)
    return [
        Figure(_("discharges of %(month)s") % {"month": words.month(month)}, first.value, url=first.url),
        *others,
    ]


def _deliveries(membership: Membership) -> list[Todo]:
    ready = visible.files(membership).filter(state=CaseFile.State.CHECKED)
    found = ready.aggregate(all=Count("pk"), bad=Count("pk", filter=Q(rows_bad__gt=0)))
    if not found["all"]:
        return []
    what = ngettext("%(n)d delivery to decide", "%(n)d deliveries to decide", found["all"])
    why = ngettext("%(n)d has rows to correct.", "%(n)d have rows to correct.", found["bad"])
    reason = (
        why % {"n": found["bad"]}
        if found["bad"]
        else _("All rows are good; nothing is stored before you say so.")
    )
    url = f"{reverse('case-files')}?view=open"
    return [Todo("warn", what % {"n": found["all"]}, reason, url, None, found["all"], _("Look and store"))]


def _questions(membership: Membership) -> list[Todo]:
    """Open questions of stored deliveries, one line each; a waiting one asks on its own page."""
    standing = visible.files(membership).filter(state=CaseFile.State.PUBLISHED)
    asked = MissingCase.objects.filter(file__in=standing, answer=MissingCase.Answer.OPEN)
    counted = asked.values("file").annotate(n=Count("pk")).order_by("-file")[:5]
    return [_question(row["file"], row["n"]) for row in counted]


def _question(file: int, number: int) -> Todo:
    what = ngettext("%(n)d case missing from a later file", "%(n)d cases missing from a later file", number)
    url = f"{reverse('case-file', args=[file])}#missing"
    why = _("Say whether each stays or was entered by mistake.")
    return Todo("warn", what % {"n": number}, why, url, button=_("Answer"))


def _unmatched(membership: Membership) -> list[Todo]:
    """Settlement lists whose front page a person must say."""
    found = differences.visible(membership).filter(how=Pairing.How.OPEN).count()
    if not found:
        return []
    what = ngettext("%(n)d settlement list to match", "%(n)d settlement lists to match", found) % {"n": found}
    why = _("Until it is matched, the list is in no figure of payment.")
    url = f"{reverse('pairs')}?view=unmatched"
    return [Todo("warn", what, why, url, None, found, _("Match"))]


def _incomplete(membership: Membership, now: datetime) -> list[Todo]:
    """One line for the newest month: below the limit, or not declared."""
    month = completeness.current_month(membership, timezone.localdate(now))
    short = [line for line in completeness.lines(membership, month) if line.short]
    if not short:
        return []
    what = ngettext(
        "%(month)s: %(n)d institution not complete", "%(month)s: %(n)d institutions not complete", len(short)
    )
    why = _("The month is not computed below %(limit)s%% without a signed exception.") % {
        "limit": words.num(completeness.limit(month))
    }
    url = f"{reverse('case-files')}?month={month}#completeness"
    return [Todo("warn", what % {"month": words.month(month), "n": len(short)}, why, url)]
