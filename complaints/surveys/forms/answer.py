"""A questionnaire as a form: one field a question, in the language of the page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import pgettext

from alliance.web.plainly import SaidPlainly
from complaints.surveys.engine.questions import CHOICE, LEVELS, SCALE, TEXT_LIMIT, Question
from complaints.surveys.models import Edition


def level_words() -> dict[int, str]:
    """The five levels in words."""
    return {
        5: pgettext("survey level", "very satisfied"), 4: pgettext("survey level", "satisfied"),
        3: pgettext("survey level", "so so"), 2: pgettext("survey level", "dissatisfied"),
        1: pgettext("survey level", "very dissatisfied"),
    }  # fmt: skip


class AnswerForm(SaidPlainly):
    """All questions of an edition; whoever misses one reads which, and everything typed stays."""

    def __init__(self, *args: Any, edition: Edition, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in edition.questions:
            self.fields[one.code] = _field(one, language)

    def given(self) -> dict[str, str]:
        """What the service takes: by code of the question."""
        return {code: str(value) for code, value in self.cleaned_data.items() if value}


def _field(one: Question, language: str) -> forms.Field:
    if one.form == SCALE:
        words = level_words()
        return _one_of(one, language, [(str(level), words[level]) for level in LEVELS])
    if one.form == CHOICE:
        return _one_of(one, language, [(option.code, option.words(language)) for option in one.options])
    return forms.CharField(
        label=one.words(language), required=False, max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def _one_of(one: Question, language: str, choices: list[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(
        label=one.words(language), required=one.required, choices=choices, widget=forms.RadioSelect
    )
