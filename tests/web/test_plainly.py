"""Public forms name the field and the remedy in each sentence, in both languages: none is Django's."""

from __future__ import annotations

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.translation import gettext_lazy

from alliance.web.plainly import SaidPlainly
from alliance.web.public_forms import PublicForm
from complaints.bills.forms import AskForm, QuestionForm
from complaints.surveys.forms.answer import AnswerForm

STOCK = {
    str(said)
    for kind in (forms.CharField, forms.ChoiceField, forms.DateField, forms.IntegerField, forms.FileField)
    for base in kind.__mro__
    for code, said in vars(base).get("default_error_messages", {}).items()
    if code != "max_length"  # of a file's name: counted
}


class Asked(SaidPlainly):
    """One field of each kind."""

    text = forms.CharField(label="说明 50%", min_length=3, max_length=5)
    one = forms.ChoiceField(label="类别", choices=[("a", "甲")])
    day = forms.DateField(label="日期")
    number = forms.IntegerField(label="次数", min_value=2, max_value=4)
    read = forms.BooleanField(label="已读")
    file = forms.FileField(label="照片")
    own = forms.CharField(label="电话", error_messages={"required": "请写电话。"})


WRONG = [
    {},
    {"text": "一", "one": "b", "day": "昨天", "number": "1", "read": "on", "own": "1"},
    {"text": "一二三四五六", "one": "a", "day": "2026-11-03", "number": "9", "read": "on", "own": "1"},
    {"text": "一\\0二三", "number": "三"},
]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("typed", WRONG)
def test_each_sentence_names_its_field_and_is_our_own(language: str, typed: dict[str, str]) -> None:
    with translation.override(language):
        form = Asked(typed, {"file": SimpleUploadedFile("a.jpg", b"")} if typed else {})
        said = {name: str(error) for name, errors in form.errors.items() for error in errors}
        stock = {str(one) for one in map(gettext_lazy, STOCK)}
        assert said and not set(said.values()) & stock
        for name, sentence in said.items():
            label = str(form.fields[name].label).replace("%", "％")
            assert sentence == "请写电话。" or f"“{label}”" in sentence, (name, sentence)
            assert "%(" not in sentence and sentence[-1] in "。."


def test_the_limit_is_named_and_a_field_that_says_more_keeps_its_words() -> None:
    with translation.override("zh-hans"):
        assert Asked(WRONG[2]).errors["text"] == ["“说明 50％”超过 5 个字，请写短一些。"]
        assert Asked(WRONG[1]).errors["number"] == ["“次数”最小为 2，请改大。"]
        assert Asked({}).errors["own"] == ["请写电话。"]


def test_every_public_form_speaks_so() -> None:
    for form in (PublicForm, AskForm, QuestionForm, AnswerForm):
        assert issubclass(form, SaidPlainly), form
