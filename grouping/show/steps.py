"""The story of a case on the page and for programs: lines with their rules, diagnoses with their verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grouping import texts
from grouping.engine.outcome import group_name
from grouping.engine.rows import Scheme as Package
from grouping.engine.story import Attempt, Complication, Line, Story, as_text, tell
from grouping.engine.trace import Step, Trace
from grouping.engine.wording import in_words

# How a line of the story is drawn: class and icon of the trail.
LOOKS = {"held": ("hit", "ok"), "on": ("yes", "check"), "failed": ("no", "minus"), "near": ("wait", "info")}


@dataclass(frozen=True)
class Shown:
    """A line as drawn: the line, its class and icon, the rules behind it each with its words."""

    line: Line
    look: str
    icon: str
    rules: tuple[tuple[Step, str], ...]


def story(trace: Trace, package: Package) -> Story:
    """The story in the language of the page."""
    return tell(trace, package, texts.language())


def attempts(found: Story) -> list[tuple[Attempt, list[Shown]]]:
    """Each pass through the scheme with its lines as drawn."""
    return [(one, [shown(line) for line in one.lines]) for one in found.attempts]


def shown(line: Line) -> Shown:
    """A line of the story as drawn."""
    return Shown(line, *LOOKS[line.kind], tuple((step, _words(step)) for step in line.steps))


def _words(step: Step) -> str:
    return in_words(step.rule, texts.language())


def verdicts(rows: Sequence[Complication]) -> Mapping[str, Complication]:
    """One verdict a code: of several levels the one that says most, a counted MCC first."""
    order = {"counts": 0, "excluded": 1, "none": 2}
    found: dict[str, Complication] = {}
    for row in sorted(rows, key=lambda row: (order[row.state], row.level != "MCC")):
        found.setdefault(row.code, row)
    return found


def as_json(trace: Trace, package: Package) -> dict[str, Any]:
    """Result, steps and verdicts for programs; sentences in the language asked for."""
    found, result = story(trace, package), trace.result
    return {
        "language": texts.language(),
        "outcome": found.outcome,
        "result": {
            "mdc": result.mdc, "adrg": result.adrg, "drg": result.drg, "status": str(result.status),
            "name": group_name(package, result.adrg, result.drg), "weight": result.weight,
        },
        "attempts": [
            {"procedures": list(one.procedures), "lines": [_line(line) for line in one.lines]}
            for one in found.attempts
        ],
        "complications": [
            {
                "code": row.code, "name": package.diagnosis_names.get(row.code, ""), "level": row.level,
                "exclusion_group": row.group, "state": row.state, "why": row.why,
            }
            for row in found.complications
        ],
        "text": as_text(found),
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    rules = [
        {"code": step.code, "name": step.name, "rule": step.rule, "words": _words(step), "held": step.held}
        for step in line.steps
    ]
    return {
        "kind": line.kind, "level": line.level, "title": line.title, "text": line.text,
        "codes": list(line.hits), "rules": rules, "last": line.last,
    }  # fmt: skip
