"""The demonstration: two invented alliances, three months of case files and referrals, and their truth.

Pure values and files; nothing here knows of a database, a clock or a network.

    demo = build()
    files = write_files(demo, folder)
"""

from alliance.demo.books import (
    Arrivals,
    BadRow,
    CaseFile,
    Declaration,
    DeliveredFile,
    Demo,
    DemoAlliance,
    Expected,
    LastYear,
    MonthCount,
    PayBase,
    Pool,
    Return,
)
from alliance.demo.build import build, build_alliance, sign_ins
from alliance.demo.files import write_files
from alliance.demo.values import (
    Operation,
    Patient,
    Place,
    Referral,
    RosterLine,
    SignIn,
    Stay,
    StayKey,
    Unit,
    Worker,
)

__all__ = [
    "Arrivals",
    "BadRow",
    "CaseFile",
    "Declaration",
    "DeliveredFile",
    "Demo",
    "DemoAlliance",
    "Expected",
    "LastYear",
    "MonthCount",
    "Operation",
    "Patient",
    "PayBase",
    "Place",
    "Pool",
    "Referral",
    "Return",
    "RosterLine",
    "SignIn",
    "Stay",
    "StayKey",
    "Unit",
    "Worker",
    "build",
    "build_alliance",
    "sign_ins",
    "write_files",
]
