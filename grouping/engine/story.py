"""The trace of a case as a story: one readable sentence a step, equal failures together, near misses by name.

Pure text in Chinese or English. It explains what was decided and why; it never proposes a code and names no
weight or money of any other group (practice.md section 2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from grouping.engine.outcome import outcome_text
from grouping.engine.phrases import NAMED, Voice
from grouping.engine.reasons import Reason
from grouping.engine.rows import Scheme
from grouping.engine.rules import PROCEDURE_SUBJECTS, Compare, Department, Discharge, InList
from grouping.engine.trace import Pass, Secondary, Step, Trace

LEVELS = {"mdc": "MDC", "adrg": "ADRG", "drg": "DRG"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story.

    kind: "held", "failed" (rows that failed for one cause), "near" (a row that failed by little), "on" (a row
    that held and led nowhere). level: "mdc", "adrg", "drg". title and text are sentences; hits: codes of the
    case that satisfied it. steps: the rows behind the line. last: here the grouping ended.
    """

    kind: str
    level: str
    title: str
    text: str
    hits: tuple[str, ...]
    steps: tuple[Step, ...]
    last: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One pass through the scheme; `procedures` is what it was tried with (several passes: FORMAT 5.4)."""

    procedures: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Complication:
    """A secondary diagnosis as a complication: level "" none; state "counts", "excluded", "none"; why."""

    code: str
    level: str
    group: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """The outcome in one sentence, the attempts with their lines, the secondary diagnoses with reasons."""

    outcome: str
    attempts: tuple[Attempt, ...]
    complications: tuple[Complication, ...]


def tell(trace: Trace, scheme: Scheme, language: str) -> Story:
    """The story of a trace made under this scheme, in "zh" or "en"."""
    attempts = tuple(Attempt(one.procedures, _lines(trace, one, scheme, language)) for one in trace.passes)
    voice = _voice(trace, trace.passes[-1], scheme, language)
    return Story(outcome_text(trace, scheme, voice), attempts, tuple(_complications(trace, voice)))


def _voice(trace: Trace, one: Pass, scheme: Scheme, language: str) -> Voice:
    principal = (trace.principal,) if trace.principal else ()
    secondary = tuple(dict.fromkeys(row.code for row in trace.secondaries))
    subjects = {
        "principal": principal, "secondary": secondary, "any_diagnosis": (*principal, *secondary),
        "main_procedure": one.procedures[:1], "other_procedure": one.procedures[1:],
        "any_procedure": one.procedures,
    }  # fmt: skip
    excluded = {
        level: tuple(row.code for row in trace.secondaries if row.level == level.upper() and not row.counts)
        for level in ("mcc", "cc")
    }
    return Voice(language, scheme.diagnosis_names, scheme.procedure_names, subjects, excluded)


def _lines(trace: Trace, one: Pass, scheme: Scheme, language: str) -> tuple[Line, ...]:
    voice = _voice(trace, one, scheme, language)
    decided = {one.result.mdc, one.result.adrg, one.result.drg} - {""}
    last = next((step for step in reversed(one.steps) if step.held and step.code in decided), None)
    found: list[Line] = []
    for (_level, held), run in groupby(one.steps, key=lambda step: (step.level, step.held)):
        steps = list(run)
        found += (
            [_held(step, voice, step is last, step.code in decided) for step in steps]
            if held
            else _failed(steps, voice)
        )
    return tuple(found)


def _held(step: Step, voice: Voice, last: bool, decided: bool) -> Line:
    text = voice.pick("；", "; ").join(dict.fromkeys(voice.reason(one) for one in step.why.because))
    title = voice.pick(f"{_named(step)} 成立", f"{_named(step)} holds")
    if not decided:
        below = "DRG" if step.level == "adrg" else "ADRG"
        title += voice.pick(
            f"，但其中没有成立的 {below}，继续试", f", but none of its {below}s does; it goes on"
        )
    hits = tuple(dict.fromkeys(code for one in step.why.because for code in one.condition.codes))
    return Line("held" if decided else "on", step.level, title, text, hits, (step,), last)


def _named(step: Step) -> str:
    return f"{step.code} {step.name}".strip()


def _failed(steps: Sequence[Step], voice: Voice) -> list[Line]:
    """Rows of one level that failed one after another: by cause, first come first; near ones by name."""
    far: dict[str, list[Step]] = {}
    near = []
    for step in steps:
        if _closed(step):
            continue
        if step.level == "drg" or is_near(step):
            near.append(step)
        else:
            far.setdefault(_cause(step, voice), []).append(step)
    found = [_together(cause, group, voice) for cause, group in far.items()]
    return found + [_near(step, voice) for step in near]


def _closed(step: Step) -> bool:
    """An ambiguous row the scheme does not use has the rule `false` (FORMAT 5.2): nothing to read there."""
    return step.kind == "ambiguous" and step.rule == "false"


def is_near(step: Step) -> bool:
    """Whether a row failed by little: a procedure of the case is in its lists, or only age, sex and the like
    stand against it although its diagnoses fit.
    """
    held = [
        one.atom.subject
        for one in step.conditions
        if one.held and isinstance(one.atom, InList) and one.atom.list != "valid"
    ]
    if step.held or not held or not step.why.near:
        return False
    missing = [one for lack in step.why.lacks for one in lack]
    only_fields = all(one.forbidden or not isinstance(one.condition.atom, InList) for one in missing)
    return only_fields or any(subject in PROCEDURE_SUBJECTS for subject in held)


def _first(step: Step) -> Sequence[Reason]:
    """The lack that says most: the principal diagnosis, then other codes, then the rest."""

    def rank(lack: Sequence[Reason]) -> int:
        atom = lack[0].condition.atom
        if not isinstance(atom, InList) or lack[0].forbidden:
            return 2
        return 0 if atom.subject == "principal" else 1

    return min(step.why.lacks, key=rank)


def _cause(step: Step, voice: Voice) -> str:
    """What several rows failed by, in words that fit all of them."""
    lack = _first(step)
    atom = lack[0].condition.atom
    if isinstance(atom, InList) and not lack[0].forbidden:
        subjects = [one.condition.atom.subject for one in lack if isinstance(one.condition.atom, InList)]
        if any(subject in PROCEDURE_SUBJECTS for subject in subjects) and not voice.subjects["any_procedure"]:
            return voice.pick("本例没有手术操作", "the case has no procedure")
        return voice.nowhere(atom.subject, voice.pick("它们的表", "their lists"))
    if isinstance(atom, Compare | Department | Discharge):
        return voice.reason(lack[0])
    return voice.lack(lack)


def _together(cause: str, steps: Sequence[Step], voice: Voice) -> Line:
    level = steps[0].level
    if len(steps) == 1:
        title = voice.pick(f"{_named(steps[0])} 不成立", f"{_named(steps[0])} does not hold")
        return Line("failed", level, title, voice.missing(steps[0].why), (), tuple(steps))
    number, word = len(steps), LEVELS[level]
    codes = list(dict.fromkeys(step.code for step in steps))
    shown = voice.join(codes[: 2 * NAMED]) + ("…" if len(codes) > 2 * NAMED else "")
    title = voice.pick(f"{number} 个 {word} 不成立：{cause}", f"{number} {word}s: {cause}")
    return Line("failed", level, title, shown, (), tuple(steps))


def _near(step: Step, voice: Voice) -> Line:
    title = voice.pick(f"{_named(step)} 不成立", f"{_named(step)} does not hold")
    fits = [
        voice.reason(Reason(one, False))
        for one in step.conditions
        if one.held and isinstance(one.atom, InList) and one.atom.list != "valid"
    ]
    text = voice.missing(step.why)
    if fits:
        text = voice.pick("；", "; ").join(dict.fromkeys(fits)) + voice.pick("；但", "; but ") + text
    hits = tuple(
        dict.fromkeys(
            code for one in step.conditions if one.held and isinstance(one.atom, InList) for code in one.codes
        )
    )
    return Line("near", step.level, title, text, hits, (step,))


def _complications(trace: Trace, voice: Voice) -> Iterator[Complication]:
    decided = {trace.result.mdc, trace.result.adrg, trace.result.drg} - {""}
    used = {
        code
        for step in trace.passes[-1].steps
        if step.held and step.level == "drg" and step.code in decided
        for one in step.why.because
        for code in one.condition.codes
    }
    for row in trace.secondaries:
        state = "counts" if row.counts else "excluded" if row.level else "none"
        yield Complication(row.code, row.level, row.group, state, _why(row, trace, row.code in used, voice))


def _why(row: Secondary, trace: Trace, used: bool, voice: Voice) -> str:
    principal = trace.principal or ""
    if not row.level:
        return voice.pick(
            "不在 CC、MCC 表，不影响细分组", "In neither list of complications, so it changes no group"
        )
    if not row.counts:
        return voice.pick(
            f"在 {row.level} 表，但与主要诊断 {principal} 同属排除组 {row.group}，不计",
            f"Listed as {row.level}, but of the same exclusion group {row.group} as the principal diagnosis "
            f"{principal}: it does not count",
        )
    if used:
        return voice.pick(
            f"在 {row.level} 表，主要诊断 {principal} 不排除；{trace.result.drg} 因此成立",
            f"Listed as {row.level} and not excluded by {principal}; {trace.result.drg} rests on it",
        )
    return voice.pick(
        f"在 {row.level} 表，主要诊断 {principal} 不排除，计入；本例的细分组不由它决定",
        f"Listed as {row.level} and not excluded by {principal}: it counts, but the group rests on others",
    )


def as_text(story: Story) -> str:
    """The story as plain text, a sentence a line: for print, for programs, for tests."""
    found = [story.outcome]
    for attempt in story.attempts:
        found += ["- " + ": ".join(filter(None, (line.title, line.text))) for line in attempt.lines]
    found += [" ".join(filter(None, ("*", row.code, row.why))) for row in story.complications]
    return "\n".join(found)
