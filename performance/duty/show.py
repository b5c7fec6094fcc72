"""What the pages of responsibility letters show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Institution, Membership
from alliance.roles import roles
from alliance.services import parameters
from alliance.training import facts as training
from alliance.web import parts, words
from alliance.web.access import way
from alliance.web.cells import chip
from performance.duty import forms
from performance.duty.models import RUN, SIGN, LetterVersion, Reminded, Reminder, Signature, SigningRound
from performance.duty.services import rounds, signing, versions

TARGET = "qe.responsibility_letters"
KINDS: Mapping[str, Any] = dict(Institution.Kind.choices)


def tabs(current: str, membership: Membership) -> list[parts.Tab]:
    """The pages of the room that the member may open."""
    pages = [
        ("duty-mine", pgettext("duty", "My letter")), ("duty", pgettext("duty", "Who has signed")),
        ("duty-versions", pgettext("duty", "Versions of the text")),
    ]  # fmt: skip
    ways = [(name, label, way(membership, name)) for name, label in pages]
    return [parts.Tab(label, url, name == current) for name, label, url in ways if url]


@dataclass(frozen=True)
class Row:
    """An institution or department: who must sign, has signed, is overdue; the newest reminder."""

    name: str
    url: str
    due: int
    signed: int
    overdue: int
    reminder: str = ""
    remind: str = ""

    @property
    def missing(self) -> int:
        """Who has not signed."""
        return self.due - self.signed

    @property
    def rate(self) -> Decimal:
        """Signed of due, percent, two decimals."""
        return (Decimal(100 * self.signed) / self.due).quantize(Decimal("0.01"))

    @property
    def chip(self) -> SafeString:
        """The rate against everybody."""
        kind = "ok" if not self.missing else "late" if self.overdue else "warn"
        return chip(kind, f"{words.num(self.rate, 2)}%")


def target(on: date) -> Decimal:
    """The share of signatures asked for, percent. Raises parameters.NotInForce."""
    return Decimal(str(parameters.in_force(TARGET, on=on)))


def counted(people: Iterable[Any], today: date, key: Any) -> dict[Any, tuple[int, int, int]]:
    """By key: due, signed, overdue."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in people:
        line = found[key(one)]
        line[0] += 1
        line[1] += one.signature is not None
        line[2] += one.signature is None and one.due_on < today
    return {key: (line[0], line[1], line[2]) for key, line in found.items()}


def round_page(
    round_: SigningRound, membership: Membership, today: date, place: Institution | None
) -> dict[str, Any]:
    """Figures of a round, by institution, or by department of one; three queries."""
    people = list(rounds.within(rounds.due(round_, today), membership))
    of_one = place.pk if place else membership.institution_id
    if of_one is not None:
        people = [one for one in people if one.institution_id == of_one]
        lines = _departments(people, today)
    else:
        lines = _institutions(people, round_, membership, today)
    due, signed, overdue = counted(people, today, lambda one: 0).get(0, (0, 0, 0))
    whole = Row("", "", due, signed, overdue)
    asked = target(today)
    rate = f"{words.num(whole.rate, 2)}%" if due else words.DASH
    figs = [
        parts.Fig(pgettext("duty rate", "signed"), rate, bad=bool(due) and whole.rate < asked,
                  detail=pgettext("duty", "asked for: %(n)s%%") % {"n": words.plain(asked)}),
        parts.Fig(pgettext("duty", "must sign"), words.num(due)),
        parts.Fig(pgettext("duty", "not signed"), words.num(whole.missing), bad=whole.missing > 0),
        parts.Fig(pgettext("duty", "overdue"), words.num(overdue), bad=overdue > 0),
    ]  # fmt: skip
    return {
        "title": pgettext("duty", "Who has signed"), "round": round_, "version": round_.version, "figs": figs,
        "lines": sorted((one for one in lines if one.missing), key=lambda one: -one.missing),
        "whole": [one for one in lines if not one.missing], "place": place,
        "courses": _courses(today, of_one, membership),
        "of_one": of_one is not None, "tabs_room": tabs("duty", membership),
        "runs": membership.institution_id is None and membership.can(RUN), "today": today,
    }  # fmt: skip


def _courses(today: date, of_one: int | None, membership: Membership) -> list[tuple[Any, int, str]]:
    """Warning education of the year with who took part."""
    found = training.warning_education(today.year, of_one)
    return [(row, came, way(membership, "training-session", row.pk)) for row, came in found]


def _institutions(
    people: Sequence[Any], round_: SigningRound, membership: Membership, today: date
) -> list[Row]:
    places = {one.institution_id: one.institution for one in people}
    told_ids = set(Reminded.objects.filter(round=round_).values_list("membership", flat=True))
    left = {one.institution_id for one in people if one.signature is None and one.pk not in told_ids}
    newest = {one.institution_id: one for one in Reminder.objects.filter(round=round_).order_by("pk")}
    runs = membership.institution_id is None and membership.can(RUN) and round_.ended_at is None
    found = []
    for pk, (due, signed, overdue) in counted(people, today, lambda one: one.institution_id).items():
        told, code = newest.get(pk), places[pk].code
        said = f"{told.number} {words.day(timezone.localdate(told.sent_at))}" if told else ""
        remind = reverse("duty-remind", args=[code]) if runs and pk in left else ""
        url = f"{reverse('duty')}?institution={pk}"
        found.append(Row(places[pk].short_name, url, due, signed, overdue, said, remind))
    return found


def _departments(people: Sequence[Any], today: date) -> list[Row]:
    names = {one.department_id: one.department.name if one.department else words.DASH for one in people}
    found = counted(people, today, lambda one: one.department_id)
    return [Row(names[pk], "", *numbers) for pk, numbers in found.items()]


def lines(
    round_: SigningRound, membership: Membership, today: date, place: int | None, state: str
) -> list[Any]:
    """The people of the workbook and of the sheet."""
    from performance.duty.tables import by_state

    rows = by_state(rounds.within(rounds.due(round_, today), membership), state, today)
    return list(rows.filter(institution=place) if place else rows)


def workbook(people: Sequence[Any], today: date) -> list[list[Any]]:
    """The list with its head."""
    head: list[Any] = [
        _("institution"), _("department"), pgettext("duty", "person"), _("roles"),
        pgettext("duty", "to be signed until"), _("state"), pgettext("duty", "holds until"),
    ]  # fmt: skip
    return [head, *(
        [one.institution.name, one.department.name if one.department else "", one.user.name,
         role_words(one.roles), one.due_on, said(one, today), one.valid_to]
        for one in people
    )]  # fmt: skip


def said(one: Any, today: date) -> str:
    """The state of a line in a word."""
    if one.signature is not None:
        return pgettext("duty list", "signed")
    return pgettext("duty", "overdue") if one.due_on < today else pgettext("duty", "not signed")


def role_words(codes: Iterable[str]) -> str:
    """Names of roles."""
    known = roles()
    return _(", ").join(known[one].name for one in codes if one in known)


def version_facts(row: LetterVersion) -> list[parts.Fact]:
    """Who signs it, from when, decided and entered by whom."""
    found = [
        parts.Fact(pgettext("duty", "version"), str(row.number)),
        parts.Fact(pgettext("duty", "first day"), words.day(row.from_date)),
        parts.Fact(pgettext("duty", "months a signature holds"), str(row.months)),
        parts.Fact(pgettext("duty", "roles that sign"), role_words(row.roles)),
        parts.Fact(
            pgettext("duty", "kinds of institutions"), _(", ").join(str(KINDS.get(k, k)) for k in row.kinds)
        ),
        parts.Fact(_("decided by"), row.decided_by), parts.Fact(_("document number"), row.document),
        parts.Fact(_("entered by"), f"{row.entered_by.user} {words.moment(row.entered_at)}"),
    ]  # fmt: skip
    if row.enforced_by is not None:
        who = f"{row.enforced_by.user} {words.moment(row.enforced_at)}"
        found.append(parts.Fact(pgettext("duty", "put in force by"), who))
    return found


def version_chip(row: LetterVersion, now_in_force: LetterVersion | None, today: date) -> SafeString:
    """Waits for the second person, to come, in force, former."""
    if row.enforced_at is None:
        return chip("warn", pgettext("duty", "waits for a second person"))
    if row.from_date > today:
        return chip("info", pgettext("duty", "in force later"))
    if now_in_force is not None and row.pk == now_in_force.pk:
        return chip("ok", pgettext("duty", "in force"))
    return chip("", pgettext("duty", "former"))


def version_page(
    row: LetterVersion, membership: Membership, now: datetime, given: Mapping[str, Any]
) -> dict[str, Any]:
    """One version: text, clauses, steps."""
    today = timezone.localdate(now)
    return {
        "title": f"{row.title} · {pgettext('duty', 'version')} {row.number}", "version": row,
        "chip": version_chip(row, versions.in_force(today), today), "facts_version": version_facts(row),
        "actions": _actions(row, membership, now, given),
        "rounds": SigningRound.objects.filter(version=row).select_related("opened_by__user"),
        "tabs_room": tabs("duty-versions", membership),
    }  # fmt: skip


def _actions(
    row: LetterVersion, membership: Membership, now: datetime, given: Mapping[str, Any]
) -> list[parts.Action]:
    if membership.institution_id is not None or not membership.can(RUN):
        return []
    today = timezone.localdate(now)
    if row.enforced_at is None:
        if row.entered_by.user_id == membership.user_id or row.from_date < today:
            return []
        url = reverse("duty-act", args=[row.pk, "enforce"])
        return [parts.Action(pgettext("duty", "Put in force"), url, "check", "primary")]
    first = {"year": today.year, "due_on": max(today, row.from_date) + timedelta(days=30)}
    form = given.get("open") or forms.RoundForm(initial=first, auto_id="open-%s")
    url = reverse("duty-act", args=[row.pk, "open"])
    return [parts.Action(pgettext("duty", "Open a signing round…"), url, "users", "primary", form=form)]


def mine(membership: Membership, now: datetime) -> dict[str, Any]:
    """The own letter: the text in force, whether it is asked for, what was signed."""
    today = timezone.localdate(now)
    version = versions.in_force(today)
    own = list(Signature.objects.filter(membership=membership).named())
    of_it = [one for one in own if version is not None and one.version_id == version.pk]
    last = max(of_it, key=lambda one: one.valid_to, default=None)
    held = last if last is not None and last.valid_to >= today else None
    asked = version is not None and membership.can(SIGN) and signing.asks(version, membership)
    round_ = rounds.current()
    line = rounds.due(round_, today).filter(pk=membership.pk).first() if round_ and asked else None
    open_line = line if held is None else None
    return {
        "title": _("Responsibility letters"), "version": version, "own": own, "held": held, "asked": asked,
        "until": open_line.due_on if open_line is not None else None,
        "late": open_line is not None and open_line.due_on < today,
        "renews": asked and held is not None and signing.renews(held.valid_to, today),
        "tabs_room": tabs("duty-mine", membership),
    }  # fmt: skip


def letter(row: Signature, today: date) -> dict[str, Any]:
    """A signature with its text; the digest computed anew."""
    holds = row.valid_from <= today <= row.valid_to
    word = pgettext("duty", "holds") if holds else pgettext("duty", "holds later")
    if row.valid_to < today:
        word = pgettext("duty letter", "ended")
    return {
        "title": f"{row.version.title} · {row.name}", "letter": row, "version": row.version,
        "chip": chip("ok" if holds else "", word), "true": signing.true(row),
        "facts_letter": [
            parts.Fact(pgettext("duty", "person"), row.name),
            parts.Fact(_("institution"), row.institution_name),
            parts.Fact(_("department"), row.department_name or words.DASH),
            parts.Fact(_("roles"), role_words(row.roles)),
            parts.Fact(pgettext("duty", "version"), str(row.version.number)),
            parts.Fact(pgettext("duty", "signed"), f"{timezone.localtime(row.signed_at):%Y-%m-%d %H:%M}"),
            parts.Fact(pgettext("duty", "holds from"), f"{row.valid_from:%Y-%m-%d}"),
            parts.Fact(pgettext("duty", "holds until"), f"{row.valid_to:%Y-%m-%d}"),
        ],
    }  # fmt: skip
