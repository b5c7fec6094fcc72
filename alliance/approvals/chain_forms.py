"""The form of a chain: from when, by whose decision, and its steps in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.approvals import bodies
from alliance.approvals.bodies import TAG
from alliance.approvals.forms import DAY
from alliance.approvals.models import Chain
from alliance.approvals.steps import Step
from alliance.roles import roles
from alliance.web.form_fields import DayField, WholeField

MOST_STEPS, EMPTY = 8, 2  # of a chain; rows offered beyond those it has
ROLES = ("role", "role2", "role3")  # who decides a step: this, or this, or this
RULES = [
    ("one", gettext_lazy("the first verdict decides")), ("any", gettext_lazy("one yes is enough")),
    ("all", gettext_lazy("everybody says yes")), ("n_of_m", gettext_lazy("so many say yes")),
    ("majority", gettext_lazy("more than half")),
]  # fmt: skip
PLACES = [
    ("", pgettext_lazy("chain", "of any institution")),
    ("lead", pgettext_lazy("chain", "of the lead hospital")),
    ("own", pgettext_lazy("chain", "of the institution concerned")),
]  # fmt: skip


class ChainForm(forms.Form):
    """Which day a chain holds from, and who decided that."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=60)
    from_date = DayField(
        label=gettext_lazy("holds from"), widget=DAY,
        help_text=gettext_lazy("What is proposed before this day, or is open then, keeps its steps."),
    )  # fmt: skip
    decided_by = forms.CharField(
        label=gettext_lazy("decided by"), max_length=200,
        help_text=gettext_lazy("The body, the date and the number of its document."),
    )  # fmt: skip


class StepRow(forms.Form):
    """One step; a row without a name is none."""

    name = forms.CharField(label=gettext_lazy("step"), max_length=60, required=False)
    name_en = forms.CharField(label=gettext_lazy("in English"), max_length=60, required=False)
    role = forms.ChoiceField(label=gettext_lazy("decided by"), required=False)
    role2 = forms.ChoiceField(label=pgettext_lazy("chain", "or by"), required=False)
    role3 = forms.ChoiceField(label=pgettext_lazy("chain", "or by"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("institution"), choices=PLACES, required=False)
    rule = forms.ChoiceField(label=gettext_lazy("rule"), choices=RULES, required=False)
    n = WholeField(label=pgettext_lazy("chain", "so many"), min_value=1, required=False)
    outside = forms.BooleanField(label=gettext_lazy("by the body’s document"), required=False)

    def __init__(self, *args: Any, deciders: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ROLES:
            offered = [one for one in deciders if name == "role" or not one[0].startswith(TAG)]
            self.fields[name].choices = [("", "—"), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A named step has somebody who decides it; a number belongs to its rule."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("name", "").strip():
            return data
        if not (data.get("role") or data.get("outside")):
            self.add_error("role", _("Say who decides this step, or that a body’s document does."))
        if data.get("role", "").startswith(TAG) and (data.get("role2") or data.get("role3")):
            self.add_error("role2", _("The members of a body decide alone."))
        if (data.get("rule") == "n_of_m") != (data.get("n") is not None):
            self.add_error("n", _("Say how many for the rule “so many say yes”, and for no other."))
        return data

    def step(self) -> dict[str, Any]:
        """As a chain keeps it: what has its default is left out."""
        data = self.cleaned_data
        who = [data[name] for name in ROLES if data[name]]
        body = who[0].removeprefix(TAG) if who and who[0].startswith(TAG) else ""
        said = {
            "name": data["name"].strip(), "name_en": data["name_en"].strip(), "body": body,
            "roles": [] if body else list(dict.fromkeys(who)), "rule": data["rule"] if who else "",
            "n": data["n"], "place": data["place"], "outside": data["outside"],
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


StepSet = forms.formset_factory(StepRow, extra=EMPTY, max_num=MOST_STEPS, absolute_max=MOST_STEPS)


class Steps(StepSet):  # type: ignore[misc, valid-type]
    """The steps of a chain in order; at least one."""

    def clean(self) -> None:
        """A chain without a step decides nothing."""
        if not any(self.errors) and not self.steps():
            raise forms.ValidationError(_("Name at least one step."))

    def steps(self) -> list[dict[str, Any]]:
        """Those that are named."""
        return [row.step() for row in self.forms if row.cleaned_data.get("name", "").strip()]


def deciders() -> list[tuple[str, str]]:
    """Who may decide a step: roles, then bodies whose members vote."""
    held = [(code, str(role.name)) for code, role in roles().items() if "approval.decide" in role.may]
    return [*held, *((f"{TAG}{code}", name) for code, name in bodies.named().items())]


def steps_of(chain: Chain | None, data: Any = None) -> Steps:
    """The set of rows, filled with the steps of a version."""
    return Steps(data, prefix="step", initial=list(_initial(chain)), form_kwargs={"deciders": deciders()})


def _initial(chain: Chain | None) -> Iterable[Mapping[str, Any]]:
    for entry in chain.steps if chain else ():
        step = Step(**{**entry, "roles": tuple(entry.get("roles", ()))})
        who = [f"{TAG}{step.body}"] if step.body else list(step.roles)
        yield {
            "name": step.name, "name_en": step.name_en, "place": step.place, "outside": step.outside,
            "rule": step.rule, "n": step.n if step.rule == "n_of_m" else None,
            **dict(zip(ROLES, who, strict=False)),
        }  # fmt: skip
