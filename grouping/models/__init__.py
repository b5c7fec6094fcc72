from grouping.models.cases import Case, CaseRevision, Document
from grouping.models.central import CentralFile, CentralResult
from grouping.models.claims import ReleaseClaim
from grouping.models.declared import Declaration, DeclaredTotal
from grouping.models.dip import DipCatalogue, DipEntry
from grouping.models.disputes import Dispute
from grouping.models.efficiency import FundReport
from grouping.models.intake import BadRow, CaseFile, FileRange, MissingCase, StagedCase
from grouping.models.items import CatalogueItem, ItemCatalogue, ItemDecision, ItemList, ListedItem
from grouping.models.pairs import Pairing
from grouping.models.panel import DisputeExpert, DisputeOpinion
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
from grouping.models.tariffs import MONEY, PLACED, Tariff, TariffKind, TariffSheet, WeightProposal

__all__ = [
    "MONEY",
    "PLACED",
    "BadRow",
    "Benchmark",
    "BenchmarkGroup",
    "Case",
    "CaseFile",
    "CaseQuestion",
    "CaseRevision",
    "CatalogueItem",
    "CentralFile",
    "CentralResult",
    "Declaration",
    "DeclaredTotal",
    "DipCatalogue",
    "DipEntry",
    "Dispute",
    "DisputeExpert",
    "DisputeOpinion",
    "Document",
    "Edition",
    "FileRange",
    "FundReport",
    "GroupedCase",
    "GroupingRun",
    "ItemCatalogue",
    "ItemDecision",
    "ItemList",
    "ListedItem",
    "MissingCase",
    "MonthSum",
    "OperationCatalogue",
    "Pairing",
    "PaymentRules",
    "ReferralLink",
    "ReleaseClaim",
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
