"""The questionnaires the product ships with (data/questionnaires.toml), by code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from complaints.surveys.engine.questions import Questions, checked, from_plain

FILE = Path(__file__).resolve().parent / "data" / "questionnaires.toml"


@dataclass(frozen=True, slots=True)
class Ready:
    """One questionnaire with its words in both languages."""

    code: str
    kind: str
    title_zh: str
    title_en: str
    intro_zh: str
    intro_en: str
    questions: Questions


@cache
def shipped() -> Mapping[str, Ready]:
    """All of them. Raises QuestionsRefused where one cannot be asked."""
    found = {}
    for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["questionnaire"]:
        questions = checked(row["kind"], from_plain(row["questions"]))
        found[row["code"]] = Ready(
            row["code"], row["kind"], row["title_zh"], row["title_en"], row["intro_zh"], row["intro_en"],
            questions,
        )  # fmt: skip
    return found
