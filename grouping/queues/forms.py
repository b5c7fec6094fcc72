"""Forms of the steps of a work item; one form serves one item and many."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.lib.reasons import LEAST


class StepForm(forms.Form):
    """The items a step is for."""

    items = forms.CharField(widget=forms.HiddenInput, required=False)


def _text(label: Any, help_text: Any = "", *, must: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=must, min_length=LEAST if must else None, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class AskForm(StepForm):
    """A question to the doctor."""

    text = _text(
        gettext_lazy("question to the doctor"),
        gettext_lazy("Ask what the record should say; never propose a code."),
    )


class AnswerForm(StepForm):
    """The doctor's answer."""

    text = _text(
        gettext_lazy("answer"), gettext_lazy("The record itself is corrected in the hospital's system.")
    )


class WaitForm(StepForm):
    """Back to the source."""

    text = _text(
        gettext_lazy("note"), gettext_lazy("It closes by itself when the corrected file arrives."), must=False
    )


class AcceptForm(StepForm):
    """Why it is no error."""

    text = _text(gettext_lazy("why it is no error"))


class LookAgainForm(StepForm):
    """Back into the queue."""

    text = _text(gettext_lazy("note"), must=False)


STEP_FORMS: dict[str, type[StepForm]] = {
    "ask": AskForm, "answer": AnswerForm, "wait": WaitForm, "accept": AcceptForm, "look_again": LookAgainForm,
}  # fmt: skip
