"""What the page of one delivery shows, by its state: finding, figures, causes, what can be decided."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.period import Month
from alliance.models import Job, Membership
from alliance.web import parts, words
from alliance.web.refused import worded
from grouping import facts, forms, sql, texts
from grouping.delivered.sql import PREVIEW
from grouping.models import BadRow, CaseFile, Document, MissingCase
from grouping.services import publishing
from grouping.services.grouping import GROUP
from grouping.show import changes, completeness

State = CaseFile.State


@dataclass(frozen=True)
class After:
    """Completeness of the file's one institution and month once stored: percent points and the limit."""

    percent: Fraction
    limit: Fraction
    delivered: int
    declared: int

    @property
    def enough(self) -> bool:
        """Whether the month may be computed without an exception."""
        return self.percent >= self.limit

    @property
    def over(self) -> bool:
        """More delivered than declared: one of the two is wrong."""
        return self.delivered > self.declared


def look_again(file: CaseFile) -> None:
    """Count a waiting file's preview anew: other deliveries may have been stored meanwhile."""
    if file.state == State.CHECKED:
        file.preview = file.preview | sql.fetch(PREVIEW, file=file.pk)[0]


def title(file: CaseFile) -> str:
    """The finding in one line."""
    if file.state == State.CHECKED:
        return _finding(file)
    stored = file.preview.get("stored", 0) + file.preview.get("corrected", 0)
    return {
        State.RECEIVED: _("Checking line by line"),
        State.REFUSED: _("This file cannot be read"),
        State.DISCARDED: _("Put aside; nothing of it was stored"),
        State.PUBLISHED: ngettext("%(n)s case stored", "%(n)s cases stored", stored)
        % {"n": words.num(stored)},
    }[State(file.state)]


def _finding(file: CaseFile) -> str:
    if not file.rows_read:
        return _("The file has no rows")
    counts = {"rows": words.num(file.rows_read), "bad": words.num(file.rows_bad)}
    if file.rows_bad:
        return _("%(bad)s of %(rows)s rows need correcting") % counts
    preview = {name: words.num(file.preview.get(name, 0)) for name in ("new", "changed", "missing")}
    if file.preview.get("changed") or file.preview.get("missing"):
        return _("%(new)s new, %(changed)s corrected, %(missing)s missing now") % preview
    return _("All %(rows)s rows can be stored") % counts


def facts_line(file: CaseFile) -> str:
    """Name, size, encoding, by whom and when."""
    known = (
        str(file), texts.size_word(file.attachment.size), file.encoding.upper(),
        str(file.source or ""), file.get_edition_display(),
        str(file.received_by.user), words.moment(file.received_at),
    )  # fmt: skip
    return " · ".join(str(part) for part in known if part)


def flow(file: CaseFile) -> list[parts.Stage]:
    """The four steps of a delivery."""
    names = [_("Choose the file"), _("Check"), _("Look at the rows"), _("Store")]
    here = {State.RECEIVED: 1, State.REFUSED: 1, State.CHECKED: 2, State.DISCARDED: 2, State.PUBLISHED: 4}
    now = here[State(file.state)]
    return [
        parts.Stage(name, "done" if place < now else "now" if place == now else "next")
        for place, name in enumerate(names)
    ]


def after(file: CaseFile) -> After | None:
    """Completeness once stored; None for several months or members, or where nothing is declared.

    Discharges are front pages: settlement lists have no completeness.
    """
    if len(file.months) != 1 or file.state != State.CHECKED or file.document != Document.FRONT_PAGE:
        return None
    entry, month = file.months[0], Month.parse(file.months[0]["month"])
    row = next((row for row in facts.completeness(month) if row.institution_id == entry["institution"]), None)
    if row is None or not row.declared:
        return None
    delivered = row.delivered + file.preview.get("new", 0)
    least = Fraction(completeness.limit(month))
    return After(Fraction(delivered * 100, row.declared), least, delivered, row.declared)


def figures(file: CaseFile, then: After | None) -> list[parts.Fig]:
    """Rows, good, bad."""
    good = _declared(then) if then is not None else _("nothing declared for this month")
    counted = file.state == State.CHECKED and file.document == Document.FRONT_PAGE
    return [
        parts.Fig(_("rows"), words.num(file.rows_read)),
        parts.Fig(
            _("good rows"),
            words.num(file.rows_good),
            detail=good if counted else "",
            bad=then is not None and then.over,
        ),
        parts.Fig(_("bad rows"), words.num(file.rows_bad), bad=bool(file.rows_bad)),
    ]


def _declared(then: After) -> str:
    words_of = {
        "percent": words.num(then.percent, 1),
        "declared": words.num(then.declared),
        "limit": words.num(then.limit),
    }
    if then.over:
        return (
            _(
                "then %(percent)s%% of %(declared)s declared: more delivered than declared, "
                "check the declaration or the file"
            )
            % words_of
        )
    if then.enough:
        return _("then %(percent)s%% of %(declared)s declared, the limit is %(limit)s%%") % words_of
    return _("then only %(percent)s%% of %(declared)s declared, below %(limit)s%%") % words_of


def preview(file: CaseFile) -> list[parts.Fig]:
    """What storing changes, or changed."""
    counts = file.preview
    if file.state == State.PUBLISHED:
        return [
            parts.Fig(_("new cases"), words.num(counts.get("stored"))),
            parts.Fig(_("corrected"), words.num(counts.get("corrected")), detail=_("earlier content kept")),
            parts.Fig(_("unchanged"), words.num(counts.get("unchanged"))),
        ]
    missing = counts.get("missing", 0)
    return [
        parts.Fig(_("new"), words.num(counts.get("new"))),
        parts.Fig(_("corrected"), words.num(counts.get("changed")), detail=_("earlier content kept")),
        parts.Fig(_("unchanged"), words.num(counts.get("unchanged")), detail=_("not grouped again")),
        parts.Fig(
            _("missing now"), words.num(missing), detail=_("asked about, never deleted"), bad=bool(missing)
        ),
    ]


def causes(rows: QuerySet[BadRow]) -> list[tuple[str, int]]:
    """Kinds of errors with how often each occurs, the most frequent first; one query."""
    found = rows.order_by().values_list("code")
    return sorted(found.annotate(n=Count("pk")), key=lambda pair: (-pair[1], pair[0]))


def tabs(found: list[tuple[str, int]], current: str) -> list[parts.Tab]:
    """All errors, and each cause by itself."""
    every = parts.Tab(_("All"), "?", not current, sum(number for _code, number in found))
    return [
        every,
        *(parts.Tab(texts.kind_word(code), f"?cause={code}", code == current, n) for code, n in found),
    ]


def store_label(file: CaseFile) -> str:
    """The button that stores, named by its consequence."""
    good = words.num(file.rows_good)
    if file.rows_bad:
        return _("Store the %(good)s good rows only") % {"good": good}
    return _("Store all %(good)s rows") % {"good": good}


def consequence(file: CaseFile, then: After | None) -> str:
    """What happens when it is stored, left of the buttons."""
    if not file.rows_read:
        return _("Below the heading stands nothing. Export the month again and deliver that file.")
    if file.state == State.CHECKED and (found := publishing.locked_parts(file)):
        return worded(publishing.PublishRefused("locked", **found))
    if not file.rows_good:
        return _("No row is without errors: correct them in the hospital's system and deliver again.")
    if file.rows_bad:
        text = _("The %(bad)s bad rows stay out until a corrected file brings them.") % {
            "bad": words.num(file.rows_bad)
        }
        return f"{text} {_declared(then).capitalize()}" if then is not None else text
    if then is not None and then.over:
        return _declared(then).capitalize()
    if file.preview.get("changed"):
        return _("Corrected and new cases are grouped again; the earlier content stays readable.")
    return _("New cases are grouped at once.")


def decisions(file: CaseFile, membership: Membership) -> dict[str, Any]:
    """Corrections and questions with their form, for a file that is ready or stored."""
    if file.state not in (State.CHECKED, State.PUBLISHED):
        return {}
    asked = changes.questions(file)
    open_number = (
        MissingCase.objects.filter(file=file, answer=MissingCase.Answer.OPEN).count() if asked else 0
    )
    may, voids = membership.can("case_file.publish"), file.received_by_id != membership.pk
    show_changes = file.state == State.CHECKED and file.preview.get("changed")
    return {
        "questions": asked,
        "remembered": changes.remembered(file),
        "open_number": open_number,
        "missing_form": forms.MissingForm(open_cases=[row.pk for row in asked], voids=voids) if may else None,
        "corrections": changes.corrections(file) if show_changes else [],
    }


def grouping_job(file: CaseFile) -> Job | None:
    """The grouping of the file's months that is still going on."""
    if file.state != State.PUBLISHED:
        return None
    months = {entry["month"] for entry in file.months}
    live = [Job.State.QUEUED, Job.State.RUNNING]
    return Job.objects.filter(kind=GROUP, dedupe__in=months, state__in=live).order_by("pk").first()
