"""Questionnaires: an edition is written, released by the office, and never changed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from alliance.lib.canonical import digest
from alliance.models import Membership
from alliance.services import journal
from complaints.surveys import ready
from complaints.surveys.engine.questions import CODE, Question, Questions, checked, to_plain
from complaints.surveys.models import Edition, Questionnaire
from complaints.surveys.services.refusals import SurveyRefused
from complaints.surveys.services.rights import RUN, require


@dataclass(frozen=True, slots=True)
class Words:
    """Title and introduction in both languages."""

    title_zh: str
    title_en: str
    intro_zh: str = ""
    intro_en: str = ""


@transaction.atomic
def write(
    *, by: Membership, code: str, kind: str, words: Words, questions: Sequence[Question], now: datetime
) -> Edition:
    """Write the next edition of a questionnaire, which begins with its first one.

    Raises PermissionDenied, QuestionsRefused, SurveyRefused (code, title, same).
    """
    require(by, RUN)
    asked = checked(kind, questions)
    if not (words.title_zh.strip() and words.title_en.strip()):
        raise SurveyRefused("title")
    edition = _next(by, _line(code, kind), words, asked, now)
    journal.write(by=by, verb="survey.edition_written", about=edition, number=edition.number)
    return edition


def _line(code: str, kind: str) -> Questionnaire:
    if not CODE.fullmatch(code):
        raise SurveyRefused("code")
    found: Questionnaire
    found, _made = Questionnaire.objects.get_or_create(code=code, defaults={"kind": kind})
    if found.kind != kind:
        raise SurveyRefused("code")
    return found


def _next(by: Membership, line: Questionnaire, words: Words, asked: Questions, now: datetime) -> Edition:
    content = to_plain(asked)
    print_of = digest({"words": [words.title_zh, words.title_en, words.intro_zh, words.intro_en],
                       "questions": content})  # fmt: skip
    last = Edition.objects.filter(questionnaire=line).order_by("-number").first()
    if last is not None and last.digest == print_of:
        raise SurveyRefused("same")
    made: Edition = Edition.objects.create(
        questionnaire=line, number=last.number + 1 if last else 1, title_zh=words.title_zh.strip(),
        title_en=words.title_en.strip(), intro_zh=words.intro_zh.strip(), intro_en=words.intro_en.strip(),
        content=content, digest=print_of, written_by=by, written_at=now,
    )  # fmt: skip
    return made


@transaction.atomic
def release(*, by: Membership, edition: Edition, now: datetime) -> Edition:
    """Let an edition be asked. Raises PermissionDenied, SurveyRefused (released)."""
    require(by, RUN)
    change = {"released_by": by, "released_at": now}
    if not Edition.objects.filter(pk=edition.pk, released_at=None).update(**change):
        raise SurveyRefused("released")
    journal.write(by=by, verb="survey.edition_released", about=edition, number=edition.number)
    found: Edition = Edition.objects.get(pk=edition.pk)
    return found


@transaction.atomic
def adopt_ready(*, by: Membership, now: datetime) -> list[Edition]:
    """Take over, released, each shipped questionnaire the alliance has no line of; returns the new ones."""
    require(by, RUN)
    known = set(Questionnaire.objects.values_list("code", flat=True))
    made = []
    for one in ready.shipped().values():
        if one.code in known:
            continue
        words = Words(one.title_zh, one.title_en, one.intro_zh, one.intro_en)
        edition = _next(by, _line(one.code, one.kind), words, one.questions, now)
        Edition.objects.filter(pk=edition.pk).update(released_by=by, released_at=now)
        made.append(edition)
    if made:
        codes = [one.questionnaire.code for one in made]
        journal.write(by=by, verb="survey.ready_adopted", codes=codes)
    return list(Edition.objects.filter(pk__in=[one.pk for one in made]).select_related("questionnaire"))


def released(code: str) -> Edition:
    """The latest released edition of a questionnaire. Raises Edition.DoesNotExist where there is none."""
    rows = Edition.objects.select_related("questionnaire").filter(
        questionnaire__code=code, released_at__isnull=False
    )
    found: Edition = rows.order_by("-number")[:1].get()
    return found
