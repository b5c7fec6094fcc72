"""The kinds of questionnaires: whom they ask, which scales they have, how their sample comes about.

S3-17 (four sub-scales), S0-35 (contracted residents, sense of gain), S2-03 (staff), S3-53 (teaching), S0-26,
S1-37, S1-28 (quizzes). What a host thinks of an expert stands with postings, what members think of each other
with evaluations: neither is asked here a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# How people come into the sample: drawn from discharges, a link handed out at the desk, everybody with a
# sign-in.
DISCHARGES, HANDED, MEMBERS = "discharges", "handed", "members"
# What an institution's sample is split into, so that results can be told of the parts too.
DEPARTMENT, TEAM = "department", "team"
PATIENT_SCALES = ("environment", "communication", "waiting", "continuity")
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its scales, how it is sampled, what the sample is split into; a quiz has right answers
    instead of scales.
    """

    code: str
    source: str
    scales: tuple[str, ...] = ()
    parts: str = ""

    @property
    def quiz(self) -> bool:
        """Whether answers are right or wrong."""
        return not self.scales

    @property
    def of_staff(self) -> bool:
        """Whether staff answers: then findings are read by level of institution and never by one alone."""
        return self.source == MEMBERS


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("inpatient", DISCHARGES, PATIENT_SCALES, DEPARTMENT),
        Kind("outpatient", HANDED, PATIENT_SCALES),
        Kind("contract", HANDED, ("service", "gain"), TEAM),
        Kind("staff", MEMBERS, ("conditions", "collaboration", "reward")),
        Kind("teaching", HANDED, ("content", "guidance", "practice")),
        Kind("health_quiz", HANDED),
        Kind("patient_quiz", HANDED),
        Kind("staff_quiz", MEMBERS),
    )
}
