"""The next edition as a form: one group of fields a question, some empty ones below, options line by line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.surveys.engine.kinds import KINDS
from complaints.surveys.engine.questions import CHOICE, MOST, SCALE, TEXT, Option, Question
from complaints.surveys.models import Edition
from complaints.surveys.services import Words
from complaints.surveys.show.words import scale

EMPTY = 2  # groups of fields for new questions
FORMS = (
    ("", "—"), (SCALE, pgettext_lazy("survey", "five levels")), (CHOICE, pgettext_lazy("survey", "choice")),
    (TEXT, pgettext_lazy("survey", "free text")),
)  # fmt: skip
SIGN = "|"
RIGHT = "*"


class EditionForm(forms.Form):
    """Title, introduction, questions. A question without form is left out."""

    title_zh = forms.CharField(label=gettext_lazy("title in Chinese"), max_length=60)
    title_en = forms.CharField(label=gettext_lazy("title in English"), max_length=80)
    intro_zh = forms.CharField(label=gettext_lazy("introduction in Chinese"), max_length=300, required=False)
    intro_en = forms.CharField(label=gettext_lazy("introduction in English"), max_length=400, required=False)

    def __init__(self, *args: Any, before: Edition, **kwargs: Any) -> None:
        asked = list(before.questions)
        initial: dict[str, Any] = {
            name: getattr(before, name) for name in ("title_zh", "title_en", "intro_zh", "intro_en")
        }
        self.count = min(len(asked) + EMPTY, MOST)
        for place, one in enumerate(asked):
            initial |= {
                f"q{place}-code": one.code, f"q{place}-form": one.form, f"q{place}-zh": one.zh,
                f"q{place}-en": one.en, f"q{place}-scale": one.scale, f"q{place}-required": one.required,
                f"q{place}-options": "\n".join(_line(option) for option in one.options),
            }  # fmt: skip
        super().__init__(*args, initial=initial, **kwargs)
        scales = [("", "—"), *((name, scale(name)) for name in KINDS[before.questionnaire.kind].scales)]
        for place in range(self.count):
            for name, field in _fields(scales).items():
                self.fields[f"q{place}-{name}"] = field

    def groups(self) -> list[tuple[str, list[str]]]:
        """The fields by heading, as the form template takes them."""
        head = (_("Title and introduction"), ["title_zh", "title_en", "intro_zh", "intro_en"])
        return [head, *(
            (_("Question %(n)d") % {"n": place + 1}, [f"q{place}-{name}" for name in _fields([])])
            for place in range(self.count)
        )]  # fmt: skip

    def words(self) -> Words:
        """As the service takes them."""
        return Words(*(self.cleaned_data[name] for name in ("title_zh", "title_en", "intro_zh", "intro_en")))

    def questions(self) -> list[Question]:
        """Those that have a form, in order."""
        return [self._question(place) for place in range(self.count) if self.cleaned_data[f"q{place}-form"]]

    def _question(self, place: int) -> Question:
        data = {name: self.cleaned_data[f"q{place}-{name}"] for name in _fields([])}
        text = data["form"] == TEXT
        options = _options(data["options"]) if data["form"] == CHOICE else ()
        return Question(
            data["code"].strip(), data["form"], data["zh"].strip(), data["en"].strip(),
            data["scale"] if data["form"] == SCALE else "", data["required"] and not text, options,
        )  # fmt: skip


def _fields(scales: list[tuple[str, str]]) -> dict[str, forms.Field]:
    return {
        "zh": forms.CharField(label=gettext_lazy("question in Chinese"), max_length=120, required=False),
        "en": forms.CharField(label=gettext_lazy("question in English"), max_length=200, required=False),
        "form": forms.ChoiceField(label=pgettext_lazy("survey", "form"), choices=FORMS, required=False),
        "scale": forms.ChoiceField(label=gettext_lazy("scale"), choices=scales, required=False),
        "code": forms.CharField(label=gettext_lazy("code"), max_length=24, required=False),
        "required": forms.BooleanField(label=gettext_lazy("must be answered"), required=False),
        "options": forms.CharField(
            label=gettext_lazy("options"), required=False, max_length=2_000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=gettext_lazy("One a line: Chinese | English; * before the right one of a quiz."),
        ),
    }  # fmt: skip


def _line(option: Option) -> str:
    return f"{RIGHT if option.right else ''}{option.zh} {SIGN} {option.en}"


def _options(text: str) -> tuple[Option, ...]:
    found = []
    for place, line in enumerate(filter(None, (line.strip() for line in text.splitlines()))):
        zh, _sign, en = line.lstrip(RIGHT).partition(SIGN)
        found.append(Option(chr(ord("a") + place % 26), zh.strip(), en.strip(), line.startswith(RIGHT)))
    return tuple(found)
