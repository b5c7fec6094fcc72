"""Both groupers at once: what the interpreter says is right, and the compiled scheme must say the same."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from grouping.engine import casefile, compiled, interpreter, quickfile
from grouping.engine.case import Case
from grouping.engine.problems import CaseFileError, Problem
from grouping.engine.result import Result
from grouping.engine.rows import Scheme


def group(scheme: Scheme, case: Case) -> Result:
    """The result of the interpreter, after the compiled scheme came to the same."""
    result = interpreter.group(scheme, case)
    quick = compiled.group(scheme, case)
    assert quick == result, f"{case}: compiled {quick}, interpreter {result}"
    ready = compiled.ready(scheme)
    by_number = ready.outcomes[ready.number(case.diagnoses, case.procedures, case)]
    assert by_number == result, f"{case}: by number {by_number}, interpreter {result}"
    return result


def group_file(scheme: Scheme, source: Path, target: Path) -> Counter[str]:
    """The file as the interpreter groups it; one quick process and three must write or refuse the same."""
    plain, *quick = [_outcome(way, target) for way in _ways(scheme, source, target)]
    assert all(found[:2] == plain[:2] and _said(found[2]) == _said(plain[2]) for found in quick)
    counts, written, refusal = plain
    if refusal is not None:
        raise CaseFileError(refusal)
    assert counts is not None and written is not None
    return counts


def _said(problems: list[Problem] | None) -> list[str]:
    return [f"{one.line} {one}" for one in problems or []]


def _ways(scheme: Scheme, source: Path, target: Path) -> list[Callable[[], Counter[str]]]:
    return [
        lambda: casefile.group_file(scheme, source, target, interpreter.group),
        lambda: quickfile.group_file(scheme, source, target),
        lambda: quickfile.group_file(scheme, source, target, processes=3),
    ]


def _outcome(
    way: Callable[[], Counter[str]], target: Path
) -> tuple[Counter[str] | None, bytes | None, list[Problem] | None]:
    before = target.read_bytes() if target.exists() else None
    try:
        counts = way()
    except CaseFileError as error:
        # Nothing was written, and nothing is left lying about.
        assert (target.read_bytes() if target.exists() else None) == before
        assert not list(target.parent.glob(f"{target.name}.part*"))
        return None, None, list(error.problems)
    return counts, target.read_bytes(), None
