"""What a reader yields: a front page, or the row's errors; and how it refuses a whole file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from alliance.lib.refusal import Refused
from grouping.engine.case import Case
from grouping.readers.messages import CHINESE, ENGLISH, FILE, Names, Param, arguments, sentence

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a file (walls section 4) and tolerances (definitions section 10.1); all are settings.

    Days, fen and years are the largest difference that is no error. `last_day`: the day the file was
    delivered, after which nobody in it can have been discharged; None: not known, not asked.
    """

    max_bytes: int = 500 * MIB
    max_columns: int = 1000
    max_record_bytes: int = MIB
    stay_days: int = 1
    fee_fen: int = 100
    age_years: int = 0
    age_days: int = 1
    newborn_days: int = 28
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next record begins: byte offset from the start of the file and physical line (header = 1)."""

    offset: int
    line: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that is needed to go on reading a file: encoding ("utf-8", "gb18030"), header cells, position."""

    encoding: str
    header: tuple[str, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Patient:
    """Who was treated. Name and ID number stay out of every repr; weights in grams, age in years."""

    name: str | None = field(repr=False)
    id_number: str | None = field(repr=False)
    sex: int
    birth: date
    age: int
    age_days: int | None
    birth_weights: tuple[int, ...]
    admission_weight: int | None
    payment: str | None


@dataclass(frozen=True, slots=True)
class Stay:
    """When and where: departments as delivered, days of stay (same day = 1), way of discharge (RC019).

    icu_hours: hours in intensive care; None where the document does not state them (the front page).
    """

    admission_path: int | None
    admitted: datetime
    department_in: str | None
    discharged: datetime
    department_out: str
    transfers: tuple[str, ...]
    days: int
    discharge_way: int
    receiver: str | None
    readmission_plan: int | None
    readmission_purpose: str | None
    doctors: tuple[tuple[str, str], ...] = field(repr=False)
    icu_hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis: `code` in the insurance edition, `recorded` as in the file; condition 1-4 (RC027)."""

    code: str
    recorded: str
    name: str
    condition: int | None


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure: `code` in the insurance edition, `recorded` as in the file; level 1-4 (RC029)."""

    code: str
    recorded: str
    name: str
    at: datetime | None
    level: int | None
    surgeon: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bill:
    """Charges in fen. `parts` holds the filled columns D11 to D34, their sub-items (D20x01) too."""

    total: int
    own_pay: int | None
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RowError:
    """One finding: `column` is the code of the field, `code` its kind, `message` a key of messages.MESSAGES.

    `value` and every parameter are masked. The field's name: fields.field_name(column, "zh" or "en").
    """

    line: int
    column: str
    code: str
    value: str
    message: str
    params: tuple[tuple[str, Param], ...] = ()

    @property
    def arguments(self) -> dict[str, Param]:
        """The named parameters of the sentence, line, column and value among them."""
        return {"line": self.line, "column": self.column, "value": self.value, **dict(self.params)}

    def text(self, language: str = CHINESE, names: Names | None = None) -> str:
        """Return the sentence for people in "zh" or "en", in the words of the source where it has its own."""
        return sentence(self.message, self.arguments, language, names)


@dataclass(frozen=True, slots=True)
class FrontPage:
    """One discharge whose row has no error. `key` is 16 bytes over organisation, record and stay number.

    `diagnoses` has the principal diagnosis first, `procedures` the main procedure first. `raw` holds every
    filled column of the row except names, ID numbers, addresses and phones (walls section 4).
    """

    line: int
    key: bytes
    organisation: str
    record_no: str
    visit_no: int
    patient: Patient
    stay: Stay
    diagnoses: tuple[Diagnosis, ...]
    procedures: tuple[Procedure, ...]
    bill: Bill
    raw: Mapping[str, str] = field(repr=False)

    def to_case(self) -> Case:
        """Return what the grouper sees; hours of intensive care are missing where none are stated.

        The weight is the first birth weight, else the weight on admission (grams).
        """
        patient, stay = self.patient, self.stay
        return Case(
            case_no=self.record_no,
            sex=patient.sex,
            age=patient.age,
            age_days=patient.age_days,
            weight=patient.birth_weights[0] if patient.birth_weights else patient.admission_weight,
            los=stay.days,
            department=stay.department_out,
            discharge=stay.discharge_way,
            icu_hours=stay.icu_hours,
            diagnoses=tuple(diagnosis.code for diagnosis in self.diagnoses),
            procedures=tuple(procedure.code for procedure in self.procedures),
        )


@dataclass(frozen=True, slots=True)
class BadRow:
    """One record with its errors (at least one). `key` is None when the key columns themselves are wrong.

    `line` to `last_line` are its physical lines. `raw` as in FrontPage; empty when the cells do not line up.
    """

    line: int
    last_line: int
    errors: tuple[RowError, ...]
    key: bytes | None
    raw: Mapping[str, str] = field(repr=False)


class FileRefused(Refused):
    """The whole file cannot be read; `reason` is a key of messages.FILE."""

    reasons = {key: message.en for key, message in FILE.items()}

    def __init__(self, reason: str, **params: Param) -> None:
        super().__init__(reason, **arguments(params, ENGLISH))
        self.arguments = params

    def text(self, language: str = CHINESE) -> str:
        """Return the sentence for people in "zh" or "en"."""
        return sentence(self.reason, self.arguments, language)
