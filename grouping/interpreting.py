"""What is asked of the interpreter: codes and a few facts of a stay, from a form and nowhere kept (S0-17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Institution
from alliance.web.form_fields import DayField, WholeField
from grouping import texts
from grouping.engine.case import Case
from grouping.engine.lookup import Book, Entry
from grouping.engine.rows import Scheme as Package
from grouping.forms import InstitutionField

MOST_CODES = 40
SHOWN = 12
KINDS = ("d", "p")


@lru_cache(maxsize=8)
def book(package: Package, kind: str) -> Book:
    """The dictionary of a package ready to be searched ("d" diagnoses, "p" procedures), made once."""
    return Book(package.diagnosis_names if kind == "d" else package.procedure_names)


class StayForm(forms.Form):
    """Facts of the stay that rules may ask for; all may be left out."""

    sex = forms.TypedChoiceField(
        label=gettext_lazy("sex"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect,
        choices=[("", gettext_lazy("not given")), *texts.SEXES.items()],
    )  # fmt: skip
    age = WholeField(label=gettext_lazy("age (years)"), required=False, min_value=0, max_value=130)
    los = WholeField(label=gettext_lazy("days of stay"), required=False, min_value=1, max_value=9999)
    discharge = forms.TypedChoiceField(
        label=gettext_lazy("way of discharge"), required=False, coerce=int, empty_value=None,
        choices=[("", gettext_lazy("not given")), *texts.DISCHARGE_WAYS.items()],
    )  # fmt: skip
    hospital = InstitutionField(
        label=gettext_lazy("hospital"), queryset=None, required=False,
        empty_label=gettext_lazy("not given"),
    )  # fmt: skip
    insurance = forms.ChoiceField(
        label=gettext_lazy("insurance"), required=False,
        choices=[
            ("", gettext_lazy("not given")), ("employee", gettext_lazy("employees' insurance")),
            ("resident", gettext_lazy("residents' insurance")),
        ],
    )  # fmt: skip
    age_days = WholeField(
        label=gettext_lazy("age in days, below one year"), required=False, min_value=0, max_value=366
    )
    weight = WholeField(
        label=gettext_lazy("weight of the newborn (g)"), required=False, min_value=0, max_value=9999
    )
    icu_hours = WholeField(
        label=gettext_lazy("hours of intensive care"), required=False, min_value=0, max_value=99999
    )
    department = forms.CharField(label=gettext_lazy("department code"), required=False, max_length=20)
    day = DayField(
        label=gettext_lazy("scheme of the day"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
        self.fields["hospital"].queryset = found.order_by("code")  # type: ignore[attr-defined]


@dataclass
class Codes:
    """The codes of one kind, in order; what is typed into the search, and what it finds."""

    kind: str
    codes: list[str] = field(default_factory=list)
    typed: str = ""

    @classmethod
    def read(cls, kind: str, posted: Any) -> Codes:
        """As a form posts them; each code once, the first ones when there are too many."""
        codes = [code[:40] for code in posted.getlist(kind) if code.strip()]
        return cls(kind, list(dict.fromkeys(codes))[:MOST_CODES], posted.get(f"q{kind}", "")[:60])

    def act(self, posted: Any, known: Book) -> None:
        """What a button asks: take up a code, drop one, make one the first; without one, what was typed."""
        if added := posted.get(f"add_{self.kind}"):
            self.add([added[:40]])
        elif (place := self._place(posted.get(f"drop_{self.kind}"))) is not None:
            del self.codes[place]
        elif (place := self._place(posted.get(f"first_{self.kind}"))) is not None:
            self.codes.insert(0, self.codes.pop(place))
        elif self.typed and "look" in posted:
            found = known.exact(self.typed) or known.find(self.typed, 2)
            if len(found) == 1 or known.exact(self.typed):
                self.add([entry.code for entry in found])

    def add(self, codes: list[str]) -> None:
        """Take up codes that are not there yet, and empty the search."""
        self.codes = list(dict.fromkeys([*self.codes, *codes]))[:MOST_CODES]
        self.typed = ""

    def _place(self, text: str | None) -> int | None:
        return int(text) if text and text.isdecimal() and int(text) < len(self.codes) else None

    def named(self, known: Book) -> list[tuple[Entry, bool]]:
        """Each code with its name, and whether the scheme's dictionary has it."""
        found = [(code, known.get(code)) for code in self.codes]
        return [
            (entry or Entry(code, _("not in this scheme's dictionary")), bool(entry)) for code, entry in found
        ]

    def suggestions(self, known: Book) -> list[Entry]:
        """What the typed text finds, without what is already there."""
        found = known.find(self.typed, SHOWN + len(self.codes)) if self.typed.strip() else []
        return [entry for entry in found if entry.code not in self.codes][:SHOWN]


@dataclass
class Asked:
    """Everything of one question."""

    form: StayForm
    diagnoses: Codes
    procedures: Codes

    @classmethod
    def read(cls, posted: Any) -> Asked:
        """From what was posted; an empty one for a page just opened."""
        form = StayForm(posted or None)
        form.is_valid()
        return cls(form, *(Codes.read(kind, posted) for kind in KINDS))

    def day(self, today: date) -> date:
        """The day whose scheme is asked for."""
        found: date | None = self.facts.get("day")
        return found or today

    @property
    def facts(self) -> dict[str, Any]:
        """The facts that could be read."""
        return getattr(self.form, "cleaned_data", {})

    def case(self) -> Case:
        """What the grouper sees."""
        known = self.facts
        return Case(
            sex=known.get("sex"), age=known.get("age"), age_days=known.get("age_days"),
            weight=known.get("weight"), los=known.get("los"), department=known.get("department") or None,
            discharge=known.get("discharge"), icu_hours=known.get("icu_hours"),
            diagnoses=tuple(self.diagnoses.codes), procedures=tuple(self.procedures.codes),
        )  # fmt: skip
