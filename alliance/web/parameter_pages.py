"""Pages of parameters: what holds today, its history, deciding a new value from a day (requirements X1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from alliance.approvals.refusals import explained
from alliance.lib.refusal import Refused
from alliance.lib.register import Entry, RegisterRefused, to_json
from alliance.models import Institution, Parameter
from alliance.services import parameter_proposals as proposals
from alliance.services import parameters
from alliance.web import cells, lists, parameter_values
from alliance.web.access import permit
from alliance.web.form_fields import DayField
from alliance.web.parts import Action, Empty, Fact, Tab
from alliance.web.refused import worded

SECTIONS = {
    "": gettext_lazy("All"),
    "fd": gettext_lazy("Family doctors"),
    "qe": gettext_lazy("Quality and efficiency"),
    "gb": gettext_lazy("Global budget"),
    "cp": gettext_lazy("Performance"),
    "drg": gettext_lazy("Grouping and payment"),
    "referral": gettext_lazy("Referrals"),
    "other": gettext_lazy("Others"),
}


@dataclass(frozen=True)
class Line:
    """One parameter as the list shows it."""

    key: str
    label: str
    value: str
    unit: str
    from_date: date
    decided_by: str
    more: str


class ParameterTable(lists.Table):
    """One line a parameter."""

    label = tables.Column(
        verbose_name=gettext_lazy("parameter"), linkify=("parameter", [tables.A("key")]), attrs=lists.HEAD
    )
    value = tables.Column(verbose_name=gettext_lazy("in force"), attrs=lists.KEY)
    unit = tables.Column(verbose_name=gettext_lazy("unit"))
    from_date = tables.Column(verbose_name=gettext_lazy("since"))
    decided_by = tables.Column(verbose_name=gettext_lazy("decided by"))
    more = tables.Column(verbose_name=gettext_lazy("besides"))
    key = tables.Column(verbose_name=gettext_lazy("key"), attrs=lists.DESK)

    def render_decided_by(self, value: str) -> str:
        return decider(value)

    def render_from_date(self, value: date) -> str:
        return value.isoformat()


class ValueTable(lists.Table):
    """One line a value, of all levels and days."""

    from_date = tables.Column(verbose_name=gettext_lazy("from day"), attrs=lists.HEAD)
    shown = tables.Column(verbose_name=gettext_lazy("value"), attrs=lists.KEY)
    level = tables.Column(verbose_name=gettext_lazy("level or kind"), empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("state"))
    decided_by = tables.Column(verbose_name=gettext_lazy("decided by"))
    source = tables.Column(verbose_name=gettext_lazy("source"), attrs=lists.WRAP)
    created_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("entered"), format="Y-m-d H:i", attrs=lists.DESK
    )

    def render_from_date(self, value: date) -> str:
        return value.isoformat()

    def render_level(self, value: str) -> str:
        return level_name(value)

    def render_state(self, value: str) -> Any:
        kind, word = {
            "now": ("ok", _("in force")), "later": ("prov", _("later")), "past": ("", _("past")),
        }[value]  # fmt: skip
        return cells.chip(kind, word)

    def render_decided_by(self, value: str) -> str:
        return decider(value)

    def render_source(self, value: str) -> str:
        return parameter_values.cited(value)


class SearchForm(forms.Form):
    """A word of the name or the key."""

    q = forms.CharField(label=gettext_lazy("name or key"), required=False, max_length=60)


@dataclass(frozen=True)
class Search:
    """What the filter row draws."""

    form: SearchForm


class DecideForm(forms.Form):
    """A new value, the day from which it holds, who decided it."""

    level = forms.ChoiceField(label=gettext_lazy("level or kind"), required=False)
    from_date = DayField(
        label=gettext_lazy("holds from"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Months before this day keep their value."),
    )  # fmt: skip
    decided_by = forms.CharField(
        label=gettext_lazy("decided by"), max_length=200,
        help_text=gettext_lazy("The body, the date and the number of its document."),
    )  # fmt: skip
    source = forms.CharField(label=gettext_lazy("source"), max_length=200, required=False)

    def __init__(self, entry: Entry, value: Any, data: Any = None) -> None:
        super().__init__(data)
        self.entry = entry
        self.fields["level"].choices = [("", level_name("")), *levels()]  # type: ignore[attr-defined]
        self.fields = parameter_values.fields(entry.shape, value) | self.fields

    def raw(self) -> object:
        """The value in the form the register parses."""
        return parameter_values.raw(self.entry.shape, self.cleaned_data)


def levels() -> list[tuple[str, str]]:
    """Levels and kinds a value may be narrowed to."""
    return [(str(code), str(word)) for code, word in [*Institution.Level.choices, *Institution.Kind.choices]]


def level_name(code: str) -> str:
    """A level or kind in words."""
    return dict(levels()).get(code, code) if code else _("all institutions")


def decider(text: str) -> str:
    """Who decided; the values an alliance begins with come from the register."""
    return _("default of the register") if text == parameters.DEFAULT else text


@permit("parameter.view")
@require_safe
def parameter_list(request: Any) -> HttpResponseBase:
    """Every parameter with the value that holds today."""
    section, search = request.GET.get("view", ""), SearchForm(request.GET)
    word = search.cleaned_data["q"].strip().casefold() if search.is_valid() else ""
    rows = [line for line in _lines(timezone.localdate()) if _fits(line, section, word)]
    tabs = [
        Tab(str(name), f"{reverse('parameters')}?view={code}", code == section)
        for code, name in SECTIONS.items()
    ]
    return lists.answer(
        request, "alliance/list.html", rows, ParameterTable, tabs=tabs, empty=Empty(_("No parameter here")),
        extra={"title": _("Parameters"), "filter": Search(search)},
    )  # fmt: skip


def _lines(today: date) -> list[Line]:
    """One line a parameter, from one query: the value of all institutions, and how many others there are."""
    found: dict[str, list[Parameter]] = {}
    for row in Parameter.objects.order_by("key", "level", "from_date"):
        found.setdefault(row.key, []).append(row)
    return [
        _line(entry, rows, today)
        for key, entry in parameters.registered().items()
        if (rows := found.get(key))
    ]


def _line(entry: Entry, rows: list[Parameter], today: date) -> Line:
    common = [row for row in rows if not row.level]
    begun = [row for row in common if row.from_date <= today]
    now = (begun or common)[-1] if begun else common[0]
    later = sum(row.from_date > today for row in rows)
    own = len({row.level for row in rows if row.level})
    besides = [
        _("%(n)d later") % {"n": later} if later else "",
        _("%(n)d levels of their own") % {"n": own} if own else "",
    ]
    return Line(
        entry.key, parameter_values.label(entry), parameter_values.text(entry.shape, now.value),
        parameter_values.unit(entry), now.from_date, now.decided_by, ", ".join(filter(None, besides)),
    )  # fmt: skip


def _fits(line: Line, section: str, word: str) -> bool:
    head = line.key.split(".")[0]
    own = head if head in SECTIONS else "other"
    return (not section or own == section) and (word in line.key.casefold() or word in line.label.casefold())


@permit("parameter.view")
@require_safe
def parameter(request: Any, key: str) -> HttpResponseBase:
    """One parameter: every value it had, has and will have."""
    entry, rows = _known(key)
    waits = proposals.waiting(key)
    may = request.membership.can("parameter.change") and waits is None
    decide = Action(
        _("Decide a new value"), reverse("parameter-decide", args=[key]), "adjust", "primary", get=True
    )
    shown = [
        {**vars(row), "shown": parameter_values.text(entry.shape, row.value), "state": state}
        for row, state in _states(rows, timezone.localdate())
    ]
    table = lists.table_of(request, list(reversed(shown)), ValueTable)
    context = {
        "title": parameter_values.label(entry), "key": key, "table": table, "waits": waits,
        "actions": [decide] if may else [], "details": _facts(entry), "unit": parameter_values.unit(entry),
    }  # fmt: skip
    return render(request, "alliance/parameter.html", context)


def _known(key: str) -> tuple[Entry, list[Parameter]]:
    """The register's entry and the stored values; 404 for a key that has none."""
    rows = proposals.values_of(key) if key in parameters.registered() else []
    if not rows:
        raise Http404
    return parameters.registered()[key], rows


def _states(rows: list[Parameter], today: date) -> list[tuple[Parameter, str]]:
    """Each value with whether it holds now, later or held before; of each level the last begun one holds."""
    now = {row.level: row.pk for row in rows if row.from_date <= today}
    return [
        (row, "later" if row.from_date > today else "now" if now[row.level] == row.pk else "past")
        for row in rows
    ]


def _facts(entry: Entry) -> list[Fact]:
    return [
        Fact(_("key"), entry.key),
        Fact(_("unit"), parameter_values.unit(entry)),
        Fact(_("default"), parameter_values.text(entry.shape, to_json(entry.value))),
        Fact(_("source"), parameter_values.cited(", ".join(entry.source))),
    ]


@permit("parameter.change")
@require_http_methods(["GET", "HEAD", "POST"])
@explained
def parameter_decide(request: Any, key: str) -> HttpResponseBase:
    """Propose a new value from a day on; it holds when a second person has agreed."""
    entry, rows = _known(key)
    form = DecideForm(entry, rows[-1].value, request.POST or None)
    if request.method == "POST" and form.is_valid() and (found := _proposed(request, form, key)):
        messages.success(request, _("Proposed. The value holds once a second person has agreed."))
        return redirect("approval", found.pk)
    context = {
        "title": parameter_values.label(entry),
        "key": key,
        "form": form,
        "unit": parameter_values.unit(entry),
    }
    return render(request, "alliance/parameter_decide.html", context, status=400 if form.errors else 200)


def _proposed(request: Any, form: DecideForm, key: str) -> Any:
    """The approval, or None with the refusal's sentence in the form."""
    given = {name: form.cleaned_data[name] for name in ("level", "from_date", "decided_by", "source")}
    try:
        return proposals.propose(
            by=request.membership, key=key, value=form.raw(), on=timezone.localdate(), **given
        )
    except (RegisterRefused, proposals.ProposalRefused) as refused:
        form.add_error(None, _sentence(refused))
        return None


def _sentence(refused: Refused) -> str:
    return worded(refused)
