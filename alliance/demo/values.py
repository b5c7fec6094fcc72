"""Places, people, stays and referrals of the demonstration, as frozen plain values.

Times are local clock readings (Asia/Shanghai) without a zone. Money is whole fen.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from alliance.lib.period import Month


class StayKey(NamedTuple):
    """The key of a discharge: A01, A48, A49."""

    organisation: str
    record_no: str
    visit_no: int


@dataclass(frozen=True, slots=True)
class Place:
    """A member institution. `mix` names its case mix in casemix.MIXES ("" = no beds); `volume` is discharges
    a month before returns and transfers; `price` its charge level in thousandths of a secondary hospital's.
    """

    code: str
    organisation: str
    name: str
    short_name: str
    level: str
    kind: str
    role: str
    parent: str
    beds: int
    served_population: int
    mix: str = ""
    volume: int = 0
    price: int = 1000
    encoding: str = "utf-8-sig"

    @property
    def pinyin(self) -> str:
        """The sort key of the name (alliance.lib.pinyin)."""
        from alliance.lib.pinyin import sort_key

        return sort_key(self.name)


@dataclass(frozen=True, slots=True)
class Unit:
    """A department; kind: clinical, nursing, technology, administration, public_health."""

    institution: str
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Worker:
    """A staff member; kind: doctor, nurse, technician, administrator."""

    institution: str
    department: str
    code: str
    name: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One line of the monthly roster; the shares of one person in one month sum to at most 1."""

    month: Month
    staff: str
    home: str
    institution: str
    department: str
    post_coefficient: Decimal
    share: Decimal
    days: Decimal
    leave_days: Decimal
    seconded: bool
    employment: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """A user: `institution` empty = for the whole alliance; `staff` empty = no staff row."""

    username: str
    name: str
    roles: tuple[str, ...]
    institution: str = ""
    staff: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """An invented person; `home` is the primary institution of residence, `id_number` empty for newborns."""

    number: int
    name: str
    sex: int
    birth: date
    id_number: str
    phone: str
    address: str
    home: str
    payment: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One procedure of a stay."""

    code: str
    at: datetime
    surgeon: str


@dataclass(frozen=True, slots=True)
class Stay:
    """One discharge as the front page tells it. `way` is B34C, `route` B11C, `receiver` B35 (a name).

    `secondary` holds (code, condition on admission); `fees` the columns fees.COLUMNS in fen.
    `doctors`: head, chief, attending, resident, nurse, coder.
    """

    key: StayKey
    institution: Place
    patient: Patient
    family: str
    admitted: datetime
    discharged: datetime
    department: str
    route: str
    way: str
    receiver: str
    planned: bool
    principal: str
    secondary: tuple[tuple[str, str], ...]
    operations: tuple[Operation, ...]
    total: int
    own_pay: int
    fees: tuple[int, ...]
    weight: int | None
    doctors: tuple[str, ...]

    @property
    def month(self) -> Month:
        """The month of discharge."""
        return Month.of(self.discharged)

    @property
    def days(self) -> int:
        """Days of stay, same day = 1."""
        return max(1, (self.discharged.date() - self.admitted.date()).days)

    @property
    def age(self) -> int:
        """Completed years at admission."""
        birth, day = self.patient.birth, self.admitted
        return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))

    @property
    def age_days(self) -> int:
        """Days of life at admission."""
        return (self.admitted.date() - self.patient.birth).days


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral with all its times; a time that never came is None. Words as in referrals.models.

    direction: up, down. urgency: critical, urgent, ordinary. state: submitted, accepted, declined, arrived,
    no_show, completed. `doctor` and `decider` are staff numbers (`decider` empty while nobody answered).
    `from_stay` is the stay the patient left, `admission` the one the referral led to. `late`: answered after
    the limit (5 minutes, 30 minutes, 1 working day by urgency).
    """

    number: str
    direction: str
    urgency: str
    state: str
    origin: str
    origin_department: str
    target: str
    target_department: str
    doctor: str
    decider: str
    patient: Patient
    diagnosis: str
    diagnosis_name: str
    reason: str
    summary: str
    reply: str
    decline_reason: str
    decline_text: str
    logged_at: datetime
    answered_at: datetime | None
    arrived_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None
    from_stay: StayKey | None
    admission: StayKey | None
    late: bool
