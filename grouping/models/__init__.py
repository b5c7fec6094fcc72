from grouping.models.cases import Case, CaseRevision, Document
from grouping.models.central import CentralFile, CentralResult
from grouping.models.declared import Declaration, DeclaredTotal
from grouping.models.disputes import Dispute
from grouping.models.efficiency import FundReport
from grouping.models.intake import BadRow, CaseFile, FileRange, MissingCase, StagedCase
from grouping.models.pairs import Pairing
from grouping.models.paying import PaymentRules
from grouping.models.queues import CaseQuestion, WorkItem
from grouping.models.rollup import (
    Benchmark,
    BenchmarkGroup,
    MonthSum,
    OperationCatalogue,
    ReferralLink,
    RolledMonth,
    StaleMark,
)
from grouping.models.runs import GroupedCase, GroupingRun, TrialCase
from grouping.models.schemes import Scheme, SchemeContent, SchemeFinding, SchemeVersion
from grouping.models.sources import Edition, Source, SourceVersion
from grouping.models.tariffs import Tariff, TariffKind, TariffSheet, WeightProposal

__all__ = [
    "BadRow",
    "Benchmark",
    "BenchmarkGroup",
    "Case",
    "CaseFile",
    "CaseQuestion",
    "CaseRevision",
    "CentralFile",
    "CentralResult",
    "Declaration",
    "DeclaredTotal",
    "Dispute",
    "Document",
    "Edition",
    "FileRange",
    "FundReport",
    "GroupedCase",
    "GroupingRun",
    "MissingCase",
    "MonthSum",
    "OperationCatalogue",
    "Pairing",
    "PaymentRules",
    "ReferralLink",
    "RolledMonth",
    "Scheme",
    "SchemeContent",
    "SchemeFinding",
    "SchemeVersion",
    "Source",
    "SourceVersion",
    "StagedCase",
    "StaleMark",
    "Tariff",
    "TariffKind",
    "TariffSheet",
    "TrialCase",
    "WeightProposal",
    "WorkItem",
]
