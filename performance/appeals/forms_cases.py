"""What is right of a grouped case, as who examines an appeal enters it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from alliance.web.form_fields import WholeField
from grouping import texts
from grouping.services.asif import CODES, Case, Right
from performance.appeals import words
from performance.models import AppealLine

STAYS, CONTENT, GROUP, OUT, IN = "", "content", "group", "out", "in"
MOST_CODES = 40


def fields(line: AppealLine) -> Iterator[tuple[str, forms.Field]]:
    """The fields of a line about a case, filled with what its front page says."""
    case, n = line.case, line.number
    if case is None:
        return
    yield f"how_{n}", forms.ChoiceField(
        label=_("what is right instead: %(name)s") % {"name": words.line(line)}, required=False,
        choices=_choices(case), widget=forms.RadioSelect(),
        help_text=_("The record stays as it was delivered and the month as it was approved: what the month "
                    "would have counted is worked out and booked into the open month."),
    )  # fmt: skip
    labels = (_("diagnoses, the principal one first"), _("procedures, the main one first"))
    for name, label in zip(CODES, labels, strict=True):
        yield f"{name}_{n}", forms.CharField(
            label=label, required=False, max_length=1000, initial=" ".join(getattr(case, name)),
            help_text=_("Codes of the insurance edition with spaces between them. Read where the front page "
                        "says otherwise."),
        )  # fmt: skip
    yield f"discharge_way_{n}", forms.TypedChoiceField(
        label=_("way of discharge"), required=False, coerce=int, empty_value=None,
        choices=[*texts.DISCHARGE_WAYS.items()], initial=case.discharge_way,
    )  # fmt: skip
    yield (
        f"stay_days_{n}",
        WholeField(
            label=_("days of stay"), required=False, min_value=1, max_value=9999, initial=case.stay_days
        ),
    )
    yield f"drg_{n}", forms.CharField(
        label=_("the group it belongs to"), required=False, max_length=20,
        help_text=_("Read where it belongs to another group: a code of the scheme of that day."),
    )  # fmt: skip


def _choices(case: Case) -> list[tuple[str, str]]:
    counted = case.voided_at is None
    return [
        (STAYS, _("nothing: it stays as it counts today")),
        (CONTENT, _("the front page says otherwise; it is grouped anew")),
        (GROUP, _("it belongs to another group")),
        (OUT, _("it does not count in this month")) if counted else (IN, _("it counts in this month")),
    ]


def rights(lines: Sequence[AppealLine], data: Mapping[str, Any]) -> dict[int, Right]:
    """What a valid form says of cases, by the number of their line; those that stay are left out."""
    found = {line.number: _right(line.number, data) for line in lines if line.case is not None}
    return {number: right for number, right in found.items() if right is not None}


def _right(n: int, data: Mapping[str, Any]) -> Right | None:
    how = data.get(f"how_{n}") or STAYS
    if how == STAYS:
        return None
    if how == OUT:
        return Right(counts=False)
    if how == GROUP:
        return Right(drg=str(data.get(f"drg_{n}") or "").strip().upper())
    if how == IN:
        return Right()
    content: dict[str, Any] = {name: codes(data.get(f"{name}_{n}", "")) for name in CODES}
    for name in ("discharge_way", "stay_days"):
        if (value := data.get(f"{name}_{n}")) is not None:
            content[name] = value
    return Right(content=content)


def codes(text: str) -> list[str]:
    """Codes as somebody wrote them, each once, in their order."""
    return list(dict.fromkeys(code for code in re.split(r"[\s,;，；、]+", text.strip()) if code))[:MOST_CODES]
