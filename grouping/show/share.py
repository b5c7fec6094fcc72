"""What a member sees of the deliveries that the office made for several: counts of its own rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Institution, Membership
from alliance.web import parts, words
from grouping import visible
from grouping.models import BadRow, CaseFile, MissingCase

SHOWN = 20  # deliveries listed, questions listed


@dataclass(frozen=True)
class Share:
    """A delivery with the member's own good and bad rows."""

    file: CaseFile
    good: int
    bad: int


def shares(membership: Membership) -> list[Share]:
    """The newest deliveries that hold rows of the member's institution; two queries, none for the office."""
    own = membership.institution
    if own is None:
        return []
    files = list(visible.shared(membership).select_related("attachment", "received_by__user")[:SHOWN])
    bad = _bad(own, files)
    return [Share(file, _good(file, own), bad.get(file.pk, 0)) for file in files]


def _bad(own: Institution, files: Sequence[CaseFile]) -> dict[int, int]:
    rows = BadRow.objects.filter(file__in=files, raw__A01=own.organisation).order_by()
    return dict(rows.values_list("file").annotate(n=Count("line", distinct=True)))


def _good(file: CaseFile, own: Institution) -> int:
    return sum(entry["rows"] for entry in file.months if entry["institution"] == own.pk)


def page(file: CaseFile, membership: Membership) -> dict[str, Any]:
    """Everything of the page but the list of bad rows."""
    own = membership.institution
    assert own is not None
    good, bad = _good(file, own), _bad(own, [file]).get(file.pk, 0)
    missing = MissingCase.objects.filter(file=file, case__institution=own, answer=MissingCase.Answer.OPEN)
    return {
        "title": _title(file, good, bad), "file": file, "own": own,
        "facts": " · ".join(
            (str(file), file.encoding.upper(), str(file.received_by.user), words.moment(file.received_at))
        ),
        "figures": [
            parts.Fig(_("rows of ours"), words.num(good + bad)),
            parts.Fig(_("good rows"), words.num(good)),
            parts.Fig(_("bad rows"), words.num(bad), bad=bool(bad)),
        ],
        "missing": missing.select_related("case")[:SHOWN], "missing_number": missing.count(),
    }  # fmt: skip


def _title(file: CaseFile, good: int, bad: int) -> str:
    if bad:
        return _("%(bad)s of our %(rows)s rows need correcting") % {
            "bad": words.num(bad), "rows": words.num(good + bad)
        }  # fmt: skip
    if file.state == CaseFile.State.PUBLISHED:
        return ngettext("%(n)s row of ours stored", "%(n)s rows of ours stored", good) % {
            "n": words.num(good)
        }
    return _("All %(rows)s rows of ours can be stored") % {"rows": words.num(good)}
