"""What a case came to in one sentence, and why a case is in no group (S4-10)."""

from grouping.engine.phrases import Voice
from grouping.engine.result import Status
from grouping.engine.rows import Scheme
from grouping.engine.rules import InList
from grouping.engine.trace import Step, Trace


def undone_because(trace: Trace, scheme: Scheme) -> str:
    """Why a case is in no group: "no_principal", "unknown_code", "out_of_scope" (no MDC lists its principal
    diagnosis), "condition" (an MDC lists it, but sex, age or the like stand against it) or "no_adrg" (an MDC
    held, none of its groups did). "" for a case in a group.
    """
    if trace.result.status is not Status.UNGROUPABLE:
        return ""
    if trace.principal is None:
        return "no_principal"
    if scheme.diagnosis_names and trace.principal not in scheme.diagnosis_names:
        return "unknown_code"
    listed = _listed(trace)
    if any(step.held for step in listed):
        return "no_adrg"
    return "condition" if listed else "out_of_scope"


def _listed(trace: Trace) -> list[Step]:
    """The MDCs whose lists have the principal diagnosis."""
    return [step for step in trace.passes[0].steps if step.level == "mdc" and _principal_fits(step)]


def _principal_fits(step: Step) -> bool:
    subjects = (one.atom.subject for one in step.conditions if one.held and isinstance(one.atom, InList))
    return "principal" in subjects


def outcome_text(trace: Trace, scheme: Scheme, voice: Voice) -> str:
    """Group and name, or why there is none, in the language of the voice."""
    result = trace.result
    if result.status is Status.UNGROUPABLE:
        return _undone(trace, scheme, voice)
    name = group_name(scheme, result.adrg, result.drg)
    named = f"{result.drg} {name}".strip()
    if result.status is Status.AMBIGUOUS:
        return voice.pick(
            f"歧义病案 {named}：有参与分组的手术操作，但 {result.mdc} 的外科组都不收它",
            f"Ambiguous, {named}: a procedure counts, but no surgical group of {result.mdc} takes it",
        )
    if result.status is Status.ADRG_ONLY:
        return voice.pick(
            f"只入到 ADRG {named}：方案没有适合本例的细分组",
            f"Only as far as ADRG {named}: the scheme has no DRG for the case",
        )
    return voice.pick(f"入组 {named}", f"Grouped into {named}")


def _undone(trace: Trace, scheme: Scheme, voice: Voice) -> str:
    code = trace.principal or ""
    texts = {
        "no_principal": ("未入组：没有主要诊断", "In no group: there is no principal diagnosis"),
        "unknown_code": (
            f"未入组：主要诊断代码 {code} 不在方案字典内",
            f"In no group: the principal code {code} is not in the scheme's dictionary",
        ),
        "out_of_scope": (
            f"未入组：主要诊断 {voice.code(code)} 不在任何 MDC 的诊断表内，不属于本方案的范围",
            f"In no group: no MDC lists the principal diagnosis {voice.code(code)}; outside this scheme",
        ),
        "condition": (
            f"未入组：主要诊断 {voice.code(code)} 在 {_against(trace, voice)}",
            f"In no group: the principal diagnosis {voice.code(code)} is listed in {_against(trace, voice)}",
        ),
        "no_adrg": (
            f"未入组：主要诊断 {voice.code(code)} 所在的 MDC 里没有成立的核心组",
            f"In no group: no ADRG of the MDC of {voice.code(code)} holds",
        ),
    }
    return voice.pick(*texts[undone_because(trace, scheme)])


def _against(trace: Trace, voice: Voice) -> str:
    """The first MDC that lists the principal diagnosis, and what stands against it."""
    listed = _listed(trace)
    if not listed:
        return ""
    missing = voice.missing(listed[0].why)
    return voice.pick(f"{listed[0].code} 表内，但{missing}", f"{listed[0].code}, but {missing}")


def group_name(scheme: Scheme, adrg: str, drg: str) -> str:
    """The name of a DRG, or of its ADRG where the DRG has none."""
    rows = [row.name for row in scheme.drgs.get(adrg, ()) if row.code == drg]
    names = rows + [row.name for rows in scheme.adrgs.values() for row in rows if row.code in (drg, adrg)]
    return next((name for name in names if name), "")
