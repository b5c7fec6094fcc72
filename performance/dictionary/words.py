"""What the dictionary's codes are called: areas, origins, offices, levels, directions, forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from alliance.web import words
from performance.engine.dictionary import Entry
from performance.engine.indicators import Indicator
from performance.show import labels

AREAS: Mapping[str, Any] = {
    "quality": gettext_lazy("Medical quality and safety"),
    "efficiency": gettext_lazy("Operation and structure"),
    "fund": gettext_lazy("Insurance fund and payment"),
    "referral": gettext_lazy("Referral and collaboration"),
    "information": gettext_lazy("Information and recognition"),
    "equipment": gettext_lazy("Shared equipment"),
    "talent": gettext_lazy("Staff, postings and training"),
    "chronic": gettext_lazy("Chronic disease and public health"),
    "satisfaction": gettext_lazy("Experience and satisfaction"),
    "development": gettext_lazy("Techniques and research"),
}
ORIGINS: Mapping[str, Any] = {
    "automatic": pgettext_lazy("origin", "automatic"),
    "imported": pgettext_lazy("origin", "imported"),
    "declared": pgettext_lazy("origin", "declared"),
}
CHIPS: Mapping[str, str] = {"automatic": "ok", "imported": "info", "declared": "prov"}
LEVELS: Mapping[str, Any] = {
    "alliance": pgettext_lazy("level", "alliance"),
    "institution": pgettext_lazy("level", "institution"),
    "department": pgettext_lazy("level", "department"),
    "team": pgettext_lazy("level", "team"),
    "person": pgettext_lazy("level", "person"),
}
FREQUENCIES: Mapping[str, Any] = {
    "month": gettext_lazy("every month"),
    "quarter": gettext_lazy("every quarter"),
    "year": gettext_lazy("every year"),
}
OWNERS: Mapping[str, Any] = {
    "quality": gettext_lazy("Quality control"),
    "medical": gettext_lazy("Medical affairs"),
    "records": gettext_lazy("Medical records"),
    "insurance": gettext_lazy("Insurance office"),
    "pharmacy": gettext_lazy("Pharmacy"),
    "infection": gettext_lazy("Infection control"),
    "nursing": gettext_lazy("Nursing"),
    "finance": gettext_lazy("Finance"),
    "hr": gettext_lazy("Personnel"),
    "science": gettext_lazy("Research and teaching"),
    "equipment": gettext_lazy("Equipment office"),
    "information": gettext_lazy("Information office"),
    "referral": gettext_lazy("Referral office"),
    "public_health": gettext_lazy("Public health"),
    "family_doctor": gettext_lazy("Family-doctor office"),
    "service": gettext_lazy("Patient service"),
    "performance": gettext_lazy("Performance office"),
}
DIRECTIONS: Mapping[str, Any] = {
    "higher": gettext_lazy("higher is better"),
    "lower": gettext_lazy("lower is better"),
    "band": gettext_lazy("good inside a band"),
    "none": gettext_lazy("for reading, not scored"),
}
FORMS: Mapping[str, Any] = {
    "ratio": gettext_lazy("numerator ÷ denominator"),
    "change": gettext_lazy("change against an earlier month"),
    "amount": gettext_lazy("amount, without a denominator"),
    "complement": gettext_lazy("what is left of the whole"),
}
FACT_UNITS: Mapping[str, Any] = {
    "count": gettext_lazy("pieces"),
    "times": gettext_lazy("person-times"),
    "persons": pgettext_lazy("unit", "persons"),
    "fen": gettext_lazy("yuan"),
    "minutes": pgettext_lazy("unit", "minutes"),
    "days": pgettext_lazy("unit", "days"),
    "years": pgettext_lazy("unit", "years"),
    "weight": gettext_lazy("weight"),
    "index": gettext_lazy("index"),
    "points": pgettext_lazy("unit", "points"),
    "grade": gettext_lazy("grade of evaluation"),
    "ddd": "DDD",
    "tce": gettext_lazy("tonnes of standard coal"),
}
ROOMS: Mapping[str, Any] = {
    "cases": gettext_lazy("Cases and groups"),
    "metrics": gettext_lazy("Metrics of cases"),
    "readmission": gettext_lazy("Readmissions"),
    "referrals": gettext_lazy("Referrals"),
    "consultations": gettext_lazy("Consultations"),
    "recognition": gettext_lazy("Recognition of results"),
    "equipment": gettext_lazy("Shared equipment"),
    "postings": gettext_lazy("Experts posted"),
    "training": gettext_lazy("Training"),
    "joint": gettext_lazy("Joint work"),
    "letters": gettext_lazy("Commitment letters"),
    "abnormal": gettext_lazy("Abnormal cases"),
    "events": gettext_lazy("Days of patients"),
    "institution": gettext_lazy("Institutions"),
    "front_page": gettext_lazy("Statistics of the front page"),
    "pathway": gettext_lazy("Clinical pathways"),
    "pharmacy": gettext_lazy("Pharmacy"),
    "laboratory": gettext_lazy("Laboratory and imaging"),
    "beds": gettext_lazy("Bed statistics"),
    "outpatient": gettext_lazy("Outpatient system"),
    "region": gettext_lazy("Regional statistics"),
    "insurer": gettext_lazy("Medical insurer"),
    "finance": gettext_lazy("Finance"),
    "staff": gettext_lazy("Personnel"),
    "family_doctor": gettext_lazy("Family-doctor system"),
    "chronic": gettext_lazy("Public-health system"),
    "survey": gettext_lazy("Surveys"),
    "complaints": gettext_lazy("Complaints and service desk"),
    "audit": gettext_lazy("On-site assessment"),
    "office": gettext_lazy("Declared by the offices"),
}
# Pages where the records of a department can be seen.
PAGES: Mapping[str, str] = {
    "cases": "cases", "metrics": "metrics", "readmission": "metric-readmissions", "referrals": "referrals",
    "consultations": "consultation-figures", "recognition": "recognition-figures",
    "equipment": "equipment-figures", "postings": "postings-week", "training": "training", "joint": "joint",
    "letters": "letters", "complaints": "complaint-figures", "survey": "surveys",
    "abnormal": "abnormal", "events": "patient-days",
}  # fmt: skip


def english() -> bool:
    """Whether the reader's language is English."""
    return (get_language() or "").startswith("en")


def in_language(zh: str, en: str) -> str:
    """The text for the reader."""
    return en if english() else zh


def levels(codes: tuple[str, ...]) -> str:
    """Levels in a row, the widest first."""
    return " · ".join(str(LEVELS[code]) for code in codes)


def exclusions(entry: Entry) -> str:
    """Who counts neither above nor below the line; empty when nobody is left out."""
    return in_language(entry.exclusions_zh, entry.exclusions_en)


def evidence(entry: Entry) -> str:
    """What a declared value is proved by; empty for others."""
    return in_language(entry.evidence_zh, entry.evidence_en)


def counted(indicator: Indicator) -> str:
    """What a value counts where its unit has no word: the unit of the facts above the line."""
    if indicator.unit == "ratio":
        return _("quotient")
    return str(FACT_UNITS[labels.facts()[indicator.numerator[0]].unit])


def minimum(indicator: Indicator) -> str:
    """The least denominator; a dash where there is none."""
    return words.num(indicator.minimum_n) if indicator.denominator else words.DASH
