"""What a questionnaire asks, in both languages, as frozen values; the way from and to plain JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alliance.lib.refusal import Refused
from complaints.surveys.engine.kinds import KINDS, Kind

SCALE, CHOICE, TEXT = "scale", "choice", "text"
LEVELS = (5, 4, 3, 2, 1)  # very satisfied ... very dissatisfied
MOST = 40  # questions: more is not answered on a phone
MOST_OPTIONS = 12
TEXT_LIMIT = 500  # characters of a free answer
CODE = re.compile(r"[a-z][a-z0-9_]{0,23}")


class QuestionsRefused(Refused):
    """A questionnaire that cannot be asked; `question` is its code or its place."""

    reasons = {
        "kind": "%(kind)s is no kind of questionnaire.",
        "empty": "A questionnaire asks something.",
        "many": "More than %(most)d questions: nobody answers them on a phone.",
        "code": "Question %(question)s: a code is letters, digits and _, and stands once.",
        "text": "Question %(question)s: the words are missing in Chinese or in English.",
        "form": "Question %(question)s: it is of a scale, a choice or free text.",
        "scale": "Question %(question)s: this kind of questionnaire has no scale %(scale)s.",
        "options": "Question %(question)s: a choice has two to twelve different options in both languages.",
        "right": "Question %(question)s: a quiz has one right option for each question.",
        "open": "Question %(question)s: a free text is never required.",
        "lacking": "The scale %(scale)s needs one required question at least.",
    }


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose."""

    code: str
    zh: str
    en: str
    right: bool = False

    def words(self, language: str) -> str:
        """In the language of the page."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Question:
    """One question: of five levels on a scale, one of some options, or free text."""

    code: str
    form: str
    zh: str
    en: str
    scale: str = ""
    required: bool = True
    options: tuple[Option, ...] = ()

    def words(self, language: str) -> str:
        """In the language of the page."""
        return self.en if language.startswith("en") else self.zh

    @property
    def right(self) -> str:
        """The code of the right option; "" where none is."""
        return next((one.code for one in self.options if one.right), "")

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the options."""
        return frozenset(one.code for one in self.options)


Questions = tuple[Question, ...]


def to_plain(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """As JSON keeps them."""
    return [
        {
            "code": one.code, "form": one.form, "zh": one.zh, "en": one.en, "scale": one.scale,
            "required": one.required,
            "options": [
                {"code": option.code, "zh": option.zh, "en": option.en, "right": option.right}
                for option in one.options
            ],
        }
        for one in questions
    ]  # fmt: skip


def from_plain(rows: Sequence[Mapping[str, Any]]) -> Questions:
    """What `to_plain` made, or a file that ships; nothing is checked here."""
    return tuple(
        Question(
            str(row["code"]), str(row["form"]), str(row["zh"]), str(row["en"]), str(row.get("scale", "")),
            bool(row.get("required", row["form"] != TEXT)),
            tuple(
                Option(str(one["code"]), str(one["zh"]), str(one["en"]), bool(one.get("right", False)))
                for one in row.get("options", ())
            ),
        )
        for row in rows
    )  # fmt: skip


def checked(kind: str, questions: Sequence[Question]) -> Questions:
    """The questions, if they can be asked. Raises QuestionsRefused for the first fault."""
    for fault in faults(kind, questions):
        raise fault
    return tuple(questions)


def faults(kind: str, questions: Sequence[Question]) -> Iterator[QuestionsRefused]:
    """Everything that is wrong."""
    if kind not in KINDS:
        yield QuestionsRefused("kind", kind=kind)
        return
    of = KINDS[kind]
    if not questions:
        yield QuestionsRefused("empty")
    if len(questions) > MOST:
        yield QuestionsRefused("many", most=MOST)
    seen: set[str] = set()
    for place, one in enumerate(questions, 1):
        name = one.code or str(place)
        if not CODE.fullmatch(one.code) or one.code in seen:
            yield QuestionsRefused("code", question=name)
        seen.add(one.code)
        if not (one.zh.strip() and one.en.strip()):
            yield QuestionsRefused("text", question=name)
        yield from _of_form(of, one, name)
    for scale in of.scales:
        if not any(one.form == SCALE and one.scale == scale and one.required for one in questions):
            yield QuestionsRefused("lacking", scale=scale)


def _of_form(of: Kind, one: Question, name: str) -> Iterator[QuestionsRefused]:
    if one.form == SCALE:
        if one.scale not in of.scales:
            yield QuestionsRefused("scale", question=name, scale=one.scale or "-")
    elif one.form == CHOICE:
        whole = all(option.zh.strip() and option.en.strip() for option in one.options)
        if not (2 <= len(one.codes) == len(one.options) <= MOST_OPTIONS and whole):
            yield QuestionsRefused("options", question=name)
        if of.quiz and sum(option.right for option in one.options) != 1:
            yield QuestionsRefused("right", question=name)
    elif one.form == TEXT:
        if one.required:
            yield QuestionsRefused("open", question=name)
    else:
        yield QuestionsRefused("form", question=name)
