"""Forms of on-site assessment: checklists, plan, statements, rectification."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web.form_fields import DayField
from alliance.web.place_fields import MemberField, MembersField
from performance.declared.uploads import EvidenceField
from performance.engine.checklist import Checklist, Item, Section, Step
from performance.engine.spans import Span, holding
from performance.models import OnsiteChecklist
from performance.models.onsite import INSPECT
from performance.onsite import words
from performance.onsite.services.checklists import Terms
from performance.onsite.services.planning import Inspector, Plan

AREA = {"rows": 3}
ABSENT = (
    ("whole", gettext_lazy("its points are spread over all items assessed")),
    ("section", gettext_lazy("its points are spread over its own section first")),
    ("exclude", gettext_lazy("the full points get smaller")),
)
RULES = (
    ("each", gettext_lazy("points for each finding")),
    ("all", gettext_lazy("all or nothing")),
    ("steps", gettext_lazy("by steps of findings")),
    ("rate", gettext_lazy("by the share of the sample that fails")),
)
QUARTERS_BACK = 4
# Fields of an item that are typed as they are kept.
ALIKE = (
    "code", "text", "standard", "evidence", "full", "rule", "each", "zero_below", "sample", "critical",
)  # fmt: skip


def day(label: Any, **more: Any) -> DayField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, widget=widget, **more)


def points(label: Any, **more: Any) -> forms.DecimalField:
    """Points with at most two decimals."""
    widget = forms.TextInput(attrs={"class": "num", "inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(label=label, max_digits=6, decimal_places=2, min_value=0, widget=widget, **more)


def count(label: Any) -> forms.IntegerField:
    """How many are drawn."""
    return forms.IntegerField(label=label, min_value=0, max_value=100, required=False)


class BeginForm(forms.Form):
    """A new checklist of the alliance's own."""

    code = forms.SlugField(label=gettext_lazy("code"), max_length=40)


class TermsForm(forms.Form):
    """The head of a checklist."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    from_date = day(gettext_lazy("in force from"))
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("made for"), choices=Institution.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    absent = forms.ChoiceField(label=gettext_lazy("an item that does not apply"), choices=ABSENT)
    critical_cap = points(
        gettext_lazy("most percent when a critical item has nothing left"), required=False, max_value=100
    )
    chart = count(gettext_lazy("charts drawn"))
    room = count(gettext_lazy("rooms drawn"))
    resident = count(gettext_lazy("residents drawn"))

    @staticmethod
    def of(row: OnsiteChecklist) -> dict[str, Any]:
        """What stands now."""
        table = row.checklist
        sizes = {"chart": table.chart, "room": table.room, "resident": table.resident}
        return {"name": row.name, "from_date": row.from_date, "kinds": row.kinds, "absent": table.absent,
                "critical_cap": table.critical_cap, **sizes}  # fmt: skip

    def terms(self) -> Terms:
        """As the service takes it."""
        data = self.cleaned_data
        sizes = {name: data[name] or 0 for name in ("chart", "room", "resident")}
        return Terms(
            data["name"], data["kinds"], data["from_date"], data["absent"], data["critical_cap"], **sizes
        )


class ItemForm(forms.Form):
    """One item of a checklist, and the section it stands in."""

    section_code = forms.RegexField(label=gettext_lazy("section"), regex=r"^[A-Za-z0-9]{1,12}$")
    section_title = forms.CharField(label=gettext_lazy("title of the section"), max_length=60)
    code = forms.RegexField(label=gettext_lazy("code"), regex=r"^[A-Za-z0-9]{1,12}$")
    text = forms.CharField(label=gettext_lazy("what is asked"), max_length=200)
    standard = forms.CharField(
        label=gettext_lazy("standard"), max_length=300, required=False, widget=forms.Textarea(attrs=AREA)
    )
    evidence = forms.CharField(label=gettext_lazy("how it is looked at"), max_length=200, required=False)
    full = points(gettext_lazy("full points"))
    rule = forms.ChoiceField(label=gettext_lazy("how it costs points"), choices=RULES)
    each = points(gettext_lazy("points for each finding"), required=False)
    steps = forms.CharField(
        label=gettext_lazy("steps"), required=False, max_length=120,
        help_text=gettext_lazy("findings:points, such as 1:0.5 3:1 5:2"),
    )  # fmt: skip
    zero_below = points(gettext_lazy("nothing left where fewer percent hold"), required=False, max_value=100)
    reasons = forms.CharField(
        label=gettext_lazy("reasons of a deduction, one a line"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    sample = forms.ChoiceField(label=gettext_lazy("drawn for it"), required=False, choices=words.SAMPLES)
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("counts for"), required=False, choices=words.MEASURES.items(),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    critical = forms.BooleanField(label=gettext_lazy("critical item"), required=False)

    @staticmethod
    def of(table: Checklist, code: str) -> dict[str, Any]:
        """What stands now, in its section."""
        item = table.items[code]
        section = next(one for one in table.sections if item in one.items)
        plain = {name: getattr(item, name) for name in ALIKE}
        steps = " ".join(f"{step.findings}:{step.points}" for step in item.steps)
        return plain | {
            "section_code": section.code, "section_title": section.title, "steps": steps,
            "reasons": "\n".join(item.reasons), "measures": list(item.measures),
        }  # fmt: skip

    def clean_steps(self) -> tuple[Step, ...]:
        """Pairs of findings and points."""
        try:
            pairs = [one.split(":") for one in self.cleaned_data["steps"].replace("：", ":").split()]
            return tuple(Step(int(findings), Decimal(cost)) for findings, cost in pairs)
        except (ValueError, ArithmeticError):
            raise ValidationError(_("Write pairs of findings and points, such as 1:0.5 3:1.")) from None

    def item(self) -> Item:
        """As the engine takes it."""
        data = self.cleaned_data
        reasons = tuple(dict.fromkeys(line.strip() for line in data["reasons"].splitlines() if line.strip()))
        return Item(
            code=data["code"], text=data["text"], full=data["full"], rule=data["rule"],
            standard=data["standard"], each=data["each"] or Decimal(0), steps=data["steps"],
            zero_below=data["zero_below"] or Decimal(0), evidence=data["evidence"], reasons=reasons,
            sample=data["sample"], measures=tuple(data["measures"]), critical=data["critical"],
        )  # fmt: skip

    def section(self) -> Section:
        """The section it stands in."""
        return Section(self.cleaned_data["section_code"], self.cleaned_data["section_title"], ())


class WorkbookForm(forms.Form):
    """The items of a checklist as a sheet."""

    file = forms.FileField(label=gettext_lazy("file"), help_text=gettext_lazy("CSV or XLSX"))


class PlanForm(forms.Form):
    """A visit: where, when, with what, by whom."""

    checklist = forms.ModelChoiceField(
        label=gettext_lazy("checklist"), queryset=OnsiteChecklist.objects.none()
    )
    institution = forms.ModelChoiceField(
        label=gettext_lazy("institution"), queryset=Institution.objects.none()
    )
    quarter = forms.ChoiceField(label=gettext_lazy("quarter"))
    planned_on = day(gettext_lazy("day of the visit"))
    lead = MemberField(label=gettext_lazy("leads"), queryset=Membership.objects.none())
    inspectors = MembersField(
        label=gettext_lazy("inspectors"), queryset=Membership.objects.none(), required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=gettext_lazy("Sections are shared out in the order chosen; the lead takes the rest."),
    )  # fmt: skip
    residents = forms.CharField(
        label=gettext_lazy("record numbers of residents, one a line"), required=False, max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Only where residents are drawn. No names, no ID numbers."),
    )  # fmt: skip

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = {name: self.fields[name] for name in self.fields}
        offered["checklist"].queryset = OnsiteChecklist.objects.filter(state="published").order_by("name")
        offered["institution"].queryset = Institution.objects.filter(is_active=True).order_by("code")
        people = Membership.objects.living()
        able = [one.pk for one in people if one.can(INSPECT)]
        for name in ("lead", "inspectors"):
            offered[name].offer(people.filter(pk__in=able).order_by("institution__code", "user__name"))
        now = holding(Month.of(today), "quarter")
        spans = [now.plus(-back) for back in range(QUARTERS_BACK)]
        offered["quarter"].choices = [(str(one.first), words.quarter(one)) for one in spans]

    def plan(self) -> Plan:
        """As the service takes it: sections dealt out among the members, the rest to the lead."""
        data = self.cleaned_data
        others = [one for one in data["inspectors"] if one != data["lead"]]
        codes = [section.code for section in data["checklist"].checklist.sections]
        dealt = deal(codes, 1 + len(others))
        people = [Inspector(data["lead"], True, dealt[0])]
        people += [Inspector(one, False, part) for one, part in zip(others, dealt[1:], strict=True)]
        return Plan(
            data["checklist"], data["institution"], Span(Month.parse(data["quarter"]), "quarter"),
            data["planned_on"], people, data["residents"].split(),
        )  # fmt: skip


def deal(codes: Sequence[str], people: int) -> list[tuple[str, ...]]:
    """Sections in runs of nearly the same length, one for each person."""
    ends = [len(codes) * place // people for place in range(people + 1)]
    return [tuple(codes[begin:end]) for begin, end in pairwise(ends)]


class WhyForm(forms.Form):
    """Why a visit is called off."""

    why = forms.CharField(label=pgettext_lazy("visit", "why"), max_length=300)


class StatementForm(forms.Form):
    """What the inspected says to an item."""

    text = forms.CharField(
        label=gettext_lazy("statement"), max_length=1000, widget=forms.Textarea(attrs=AREA)
    )


class DecisionForm(forms.Form):
    """What the office answers to a statement."""

    answer = forms.CharField(label=gettext_lazy("answer"), max_length=1000, widget=forms.Textarea(attrs=AREA))
    restored = points(gettext_lazy("points given back"), required=False)


class ReplyForm(forms.Form):
    """What was put right, and what shows it."""

    said = forms.CharField(
        label=gettext_lazy("what was put right"), max_length=1000, widget=forms.Textarea(attrs=AREA)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = EvidenceField()


class HoldsForm(forms.Form):
    """The re-check holds."""

    found = forms.CharField(
        label=gettext_lazy("what the re-check found"), max_length=1000, widget=forms.Textarea(attrs=AREA)
    )


class FailsForm(HoldsForm):
    """It is still so: a new day."""

    due_on = day(gettext_lazy("put right until"), required=False)
