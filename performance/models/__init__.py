from performance.models.appeal_parts import AppealAddition, AppealCase, AppealCorrection, AppealFile
from performance.models.appeals import Appeal, AppealLine
from performance.models.calendar import CalendarDone, CalendarStep, MonthReminder, MonthStep
from performance.models.charges import PayCharge, PayLift, PayTaken
from performance.models.clue_parts import ClueAnswer, ClueException, ClueFile, ClueRecord
from performance.models.clues import Clue, Detector, FairnessRun
from performance.models.consequences import Consequence
from performance.models.corrections import CorrectionLine, CorrectionPart, MonthCorrection
from performance.models.declared import DeclaredProof, DeclaredValue
from performance.models.declared_sheets import DeclaredBatch, DeclaredDuty, DeclaredLayout
from performance.models.disclosure import Disclosure, DisclosureSwitch
from performance.models.drafts import SchemeDraft, SchemeException, SchemeTrial
from performance.models.dues import PayDue
from performance.models.earlier import EarlierValue
from performance.models.earlier_years import EarlierScore, EarlierYear
from performance.models.entitlement_kinds import EntitlementKind
from performance.models.entitlements import Entitlement, EntitlementLine
from performance.models.evaluations import (
    EvaluationRound,
    EvaluatorKind,
    Invitation,
    Opinion,
    Rating,
)
from performance.models.handed_out import HandedOut
from performance.models.letters import Letter, LetterPromise, LetterTemplate
from performance.models.levels import Level, LevelFact, LevelRun, LevelScore, LevelSubject
from performance.models.life import LockException, MonthLife
from performance.models.money import Basis, PoolDecision
from performance.models.months import MonthException, MonthRun
from performance.models.onsite import OnsiteChecklist, OnsiteInspector, OnsiteSample, OnsiteVisit
from performance.models.onsite_findings import (
    OnsiteAnswer,
    OnsitePhoto,
    OnsiteProof,
    OnsiteRectification,
    OnsiteResult,
    OnsiteSignature,
    OnsiteStatement,
)
from performance.models.own import OwnIndicator
from performance.models.papers import Paper
from performance.models.pay import FundEntry, PayFund, PayRule, PayTotal
from performance.models.pay_plans import PayLine, PayMember, PayPlan, PayReply
from performance.models.pay_pools import PayPool, PayShare, PayTransfer
from performance.models.pay_pots import PayPot
from performance.models.payout import (
    PayoutAccount,
    PayoutEntity,
    PayoutMap,
    PayoutSettled,
    PayoutSheet,
    PayoutTemplate,
)
from performance.models.payout_lots import PayoutHold, PayoutLot, PayoutPart, PayoutPayment
from performance.models.payout_papers import PayoutExport, PayoutVoucher
from performance.models.payout_results import PayoutResult, PayoutRow
from performance.models.remedies import ClueRemedy
from performance.models.result_templates import ResultTemplate
from performance.models.results import IndicatorValue, Line, Score, Settlement
from performance.models.roster import RosterChange
from performance.models.samples import DeclaredCheck, DeclaredNotice, DeclaredSample, DeclaredVeto
from performance.models.schemes import SchemeVersion
from performance.models.statements import (
    Clawback,
    ClawbackShare,
    PayDeduction,
    Statement,
    StatementLine,
)
from performance.models.uplifts import PayLinked, PayUplift, PayUpliftLine
from performance.models.years import Interview, YearEvaluation, YearLine

__all__ = [
    "Appeal",
    "AppealAddition",
    "AppealCase",
    "AppealCorrection",
    "AppealFile",
    "AppealLine",
    "Basis",
    "CalendarDone",
    "CalendarStep",
    "Clawback",
    "ClawbackShare",
    "Clue",
    "ClueAnswer",
    "ClueException",
    "ClueFile",
    "ClueRecord",
    "ClueRemedy",
    "Consequence",
    "CorrectionLine",
    "CorrectionPart",
    "DeclaredBatch",
    "DeclaredCheck",
    "DeclaredDuty",
    "DeclaredLayout",
    "DeclaredNotice",
    "DeclaredProof",
    "DeclaredSample",
    "DeclaredValue",
    "DeclaredVeto",
    "Detector",
    "Disclosure",
    "DisclosureSwitch",
    "EarlierScore",
    "EarlierValue",
    "EarlierYear",
    "Entitlement",
    "EntitlementKind",
    "EntitlementLine",
    "EvaluationRound",
    "EvaluatorKind",
    "FairnessRun",
    "FundEntry",
    "HandedOut",
    "IndicatorValue",
    "Interview",
    "Invitation",
    "Letter",
    "LetterPromise",
    "LetterTemplate",
    "Level",
    "LevelFact",
    "LevelRun",
    "LevelScore",
    "LevelSubject",
    "Line",
    "LockException",
    "MonthCorrection",
    "MonthException",
    "MonthLife",
    "MonthReminder",
    "MonthRun",
    "MonthStep",
    "OnsiteAnswer",
    "OnsiteChecklist",
    "OnsiteInspector",
    "OnsitePhoto",
    "OnsiteProof",
    "OnsiteRectification",
    "OnsiteResult",
    "OnsiteSample",
    "OnsiteSignature",
    "OnsiteStatement",
    "OnsiteVisit",
    "Opinion",
    "OwnIndicator",
    "Paper",
    "PayCharge",
    "PayDeduction",
    "PayDue",
    "PayFund",
    "PayLift",
    "PayLine",
    "PayLinked",
    "PayMember",
    "PayPlan",
    "PayPool",
    "PayPot",
    "PayReply",
    "PayRule",
    "PayShare",
    "PayTaken",
    "PayTotal",
    "PayTransfer",
    "PayUplift",
    "PayUpliftLine",
    "PayoutAccount",
    "PayoutEntity",
    "PayoutExport",
    "PayoutHold",
    "PayoutLot",
    "PayoutMap",
    "PayoutPart",
    "PayoutPayment",
    "PayoutResult",
    "PayoutRow",
    "PayoutSettled",
    "PayoutSheet",
    "PayoutTemplate",
    "PayoutVoucher",
    "PoolDecision",
    "Rating",
    "ResultTemplate",
    "RosterChange",
    "SchemeDraft",
    "SchemeException",
    "SchemeTrial",
    "SchemeVersion",
    "Score",
    "Settlement",
    "Statement",
    "StatementLine",
    "YearEvaluation",
    "YearLine",
]
