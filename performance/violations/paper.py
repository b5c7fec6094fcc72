"""Papers of violation cases, in Chinese whoever prints: warning notice 预警通知书, decision 处理决定书."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.documents import Document, Part, Table
from alliance.models import Parameter
from alliance.services import parameters
from alliance.web import parameter_values, words
from performance.violations.models import ZERO, Penalty, Violation
from performance.violations.services import deciding, table
from performance.violations.show import amount, letter

CHINESE = "zh-hans"


def paper(row: Violation, which: str) -> Document:
    """The notice or the decision as a paper; `which` is one of show._papers. A fixed number of queries."""
    with translation.override(CHINESE):
        return _notice(row) if which == "notice" else _decision(row)


def _notice(row: Violation) -> Document:
    shown = tuple((str(one.get_kind_display()), one.text) for one in row.evidence.all())
    heads = (pgettext("evidence", "kind"), pgettext("evidence", "what it shows"))
    told = _("You may state your view until %(until)s. Without a statement the case goes on.") % {
        "until": _moment(row.due_at)
    }  # fmt: skip
    how = _(
        "How: sign in, open case %(number)s under “Violations”, press “State our view”; a file may be added. "
        "On paper: to %(office)s, by the same time. The finding is proposed by somebody who did not open the "
        "case and is decided by a vote."
    ) % {"number": row.number, "office": row.alliance.name}
    return Document(
        _("Warning notice: %(kind)s") % {"kind": row.get_kind_display()}, _head(row, row.warned_at),
        (_addressed(row), Part(pgettext("violation", "facts"), row.facts), _rule(row, row.warned_at),
         Part(_("Evidence"), "", Table(heads, shown)), Part(pgettext("violation", "warning"), row.warning),
         Part(pgettext("violation", "statement"), f"{told}\n{how}")),
        "", _signs(row),
    )  # fmt: skip


def _decision(row: Violation) -> Document:
    said = row.statement or _("none was made in time")
    lines = "\n".join(amount(one) for one in deciding.penalties(row)) or _("No violation: nothing follows.")
    return Document(
        _("Decision: %(kind)s") % {"kind": row.get_kind_display()}, _head(row, row.decided_at),
        (_addressed(row), Part(pgettext("violation", "facts"), row.facts), _rule(row, row.decided_at),
         Part(pgettext("violation", "statement"), said), Part(pgettext("violation", "finding"), row.finding),
         Part(pgettext("penalty", "what follows"), lines)),
        "", _signs(row),
    )  # fmt: skip


def _head(row: Violation, at: datetime | None) -> str:
    """Who issues it, its number, its day."""
    return f"{row.alliance.name} · {row.number} · {_day(at)}"


def _addressed(row: Violation) -> Part:
    """To whom it goes; who did it on which day, with the responsibility letter of that day."""
    lines = [row.institution.name]
    lines += [f"{one.name}{_(': ')}{one.value}" for one in letter(row, None)]
    return Part(pgettext("violation", "To"), "\n".join(lines))


def _rule(row: Violation, at: datetime | None) -> Part:
    """The rule in force that day: which table, since when, who decided it and by what, what may follow."""
    on = timezone.localdate(at)
    allowed = table.in_force(row.kind, on)
    lines = [
        _("Kind of violation: %(kind)s") % {"kind": row.get_kind_display()},
        _("Rule: %(rule)s") % {"rule": _decided(table.MEASURES + row.kind, on)},
        _("It may be followed by: %(measures)s") % {
            "measures": _(", ").join(_measure(one, allowed) for one in allowed.measures)
        },
    ]  # fmt: skip
    if row.kind in ZERO:
        lines.append(_("The responsibility letter for the insurance fund tolerates none of it."))
    return Part(pgettext("violation", "Rule and its source"), "\n".join(lines))


def _measure(one: str, allowed: table.Rule) -> str:
    name = str(Penalty.Measure(one).label)
    if one != Penalty.Measure.DEDUCT:
        return name
    band = {"name": name, "low": words.num(allowed.low, 2), "high": words.num(allowed.high, 2)}
    return _("%(name)s %(low)s to %(high)s %%") % band


def _decided(key: str, on: date) -> str:
    """A parameter by its name, with the day it holds from and what it rests on."""
    rows = Parameter.objects.filter(key=key, level="", from_date__lte=on)
    row = rows.order_by("-from_date").first()
    name = parameter_values.label(parameters.registered()[key])
    if row is None or row.decided_by == parameters.DEFAULT:
        return _("“%(name)s” of this alliance, as delivered with the system") % {"name": name}
    rests = _(", ").join(filter(None, (row.decided_by, row.source)))
    return _("“%(name)s” of this alliance, in force from %(day)s (%(rests)s)") % {
        "name": name, "day": formats.date_format(row.from_date, "DATE_FORMAT"), "rests": rests,
    }  # fmt: skip


def _signs(row: Violation) -> tuple[str, str]:
    """Two places for name, day and seal."""
    return (
        _("Issued by %(name)s (seal)") % {"name": row.alliance.name},
        _("Received by %(name)s (seal)") % {"name": row.institution.name},
    )


def _day(at: datetime | None) -> str:
    return formats.date_format(timezone.localtime(at), "DATE_FORMAT") if at else ""


def _moment(at: datetime | None) -> str:
    """A deadline with its year; what ends with a day is named by that day, as alliance.web.words.until."""
    local = timezone.localtime(at)
    if at is not None and local.time() == time.min:
        return f"{_day(at - timedelta(days=1))} 24:00"
    return formats.date_format(local, "DATETIME_FORMAT") if at else ""
