from grouping.models.cases import Case, CaseRevision, Document, GroupedCase, Scheme
from grouping.models.declared import Declaration, DeclaredTotal
from grouping.models.intake import BadRow, CaseFile, MissingCase, StagedCase

__all__ = [
    "BadRow",
    "Case",
    "CaseFile",
    "CaseRevision",
    "Declaration",
    "DeclaredTotal",
    "Document",
    "GroupedCase",
    "MissingCase",
    "Scheme",
    "StagedCase",
]
