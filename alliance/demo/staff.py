"""Departments, staff and the monthly roster of the demonstration's institutions."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle, islice
from random import Random

from alliance.demo.chance import below, happens, stream
from alliance.demo.names import FEMALE, MALE, person_name
from alliance.demo.plans import MONTHS
from alliance.demo.values import Place, RosterLine, SignIn, Unit, Worker
from alliance.lib.period import Month

# Department codes follow the list of clinical subjects (诊疗科目); HL, XZ are nursing and administration.
_GENERAL = (
    "0301 呼吸与危重症医学科;0302 消化内科;0303 神经内科;0304 心血管内科;0401 普外科;0402 神经外科;0403 骨科;"
    "0405 胸外科;05 妇产科;07 儿科;0701 新生儿科;19 肿瘤科;20 急诊医学科;21 康复医学科;28 重症医学科;"
    "0305 血液内科;0306 肾病学科;0307 内分泌科;0308 风湿免疫科;0404 泌尿外科;0408 烧伤整形科;10 眼科;"
    "11 耳鼻咽喉科;13 皮肤科;15 精神心理科;16 感染性疾病科"
)
_SUPPORT = "30 检验科;32 医学影像科;26 麻醉手术科"
_OFFICES = "XZ01 院办公室;XZ02 财务科;XZ03 病案管理科"
UNITS: dict[str, dict[str, str]] = {
    "general": {
        "clinical": _GENERAL,
        "nursing": "HL01 内科护理单元;HL02 外科护理单元",
        "technology": _SUPPORT,
        "administration": _OFFICES,
        "public_health": "01 预防保健科",
    },
    "tcm": {
        "clinical": "5001 中医内科;5002 中医外科;5008 骨伤科;5013 针灸推拿科",
        "nursing": "HL01 护理单元",
        "technology": "30 检验科;32 医学影像科",
        "administration": _OFFICES,
        "public_health": "01 预防保健科",
    },
    "maternal": {
        "clinical": "0501 妇科;0502 产科;07 儿科;0701 新生儿科",
        "nursing": "HL01 护理单元",
        "technology": "30 检验科;32 医学影像科",
        "administration": _OFFICES,
        "public_health": "06 妇女保健科",
    },
    "special": {
        "clinical": "2101 神经康复科;2102 骨关节康复科;03 内科",
        "nursing": "HL01 护理单元",
        "technology": "32 医学影像科",
        "administration": _OFFICES,
    },
    "township": {
        "clinical": "02 全科医疗科;03 内科;04 外科;50 中医科",
        "nursing": "HL01 护理组",
        "technology": "30 检验放射科",
        "administration": "XZ01 院办公室",
        "public_health": "01 公共卫生科",
    },
    "community": {
        "clinical": "02 全科医疗科;50 中医科;21 康复医学科",
        "nursing": "HL01 护理组",
        "technology": "30 检验放射科",
        "administration": "XZ01 中心办公室",
        "public_health": "01 公共卫生科",
    },
    "village": {"public_health": "01 村卫生室"},
}
_TITLES = {
    "doctor": ("主任医师", "副主任医师", "主治医师", "住院医师", "主治医师", "住院医师"),
    "nurse": ("主管护师", "护师", "护士", "护师"),
    "technician": ("主管技师", "技师", "技师"),
    "administrator": ("科长", "科员"),
}
_PRIMARY_DOCTORS = ("副主任医师", "主治医师", "住院医师", "主治医师")
_KINDS = {
    "clinical": "doctor",
    "nursing": "nurse",
    "technology": "technician",
    "administration": "administrator",
    "public_health": "doctor",
}
_HEADCOUNT = {
    "tertiary": {"clinical": 6, "nursing": 8, "technology": 4, "administration": 3, "public_health": 3},
    "secondary": {"clinical": 5, "nursing": 6, "technology": 3, "administration": 2, "public_health": 3},
    "primary": {"clinical": 2, "nursing": 3, "technology": 1, "administration": 1, "public_health": 2},
}
_COEFFICIENTS = {
    "主任医师": "1.600",
    "副主任医师": "1.400",
    "主治医师": "1.200",
    "住院医师": "1.000",
    "主管护师": "1.100",
    "护师": "0.950",
    "护士": "0.850",
    "主管技师": "1.100",
    "技师": "0.950",
    "科长": "1.100",
    "科员": "0.850",
    "乡村医生": "0.800",
}
_DUTY_DAYS = {8: 21, 9: 22, 10: 18}


def units(places: tuple[Place, ...]) -> tuple[Unit, ...]:
    """The departments of every member, by the table of its kind."""
    return tuple(
        Unit(place.code, *_code_and_name(entry), kind)
        for place in places
        for kind, entries in UNITS[place.kind].items()
        for entry in entries.split(";")
    )


def _code_and_name(entry: str) -> tuple[str, str]:
    code, name = entry.split(" ", 1)
    return code, name


def workers(alliance: str, places: tuple[Place, ...], users: tuple[SignIn, ...]) -> tuple[Worker, ...]:
    """The staff of every member; the sign-ins that name a staff number carry their own names."""
    names = {user.staff: user for user in users if user.staff}
    found: list[Worker] = []
    for place in places:
        dice = stream(alliance, "staff", place.code)
        posts = list(_named_posts(place, names)) + list(_posts(place))
        for number, (department, kind, title) in enumerate(posts, 1):
            code = f"{place.code}-{number:04d}"
            name = names[code].name if code in names else _worker_name(dice, kind)
            found.append(Worker(place.code, department, code, name, title, kind))
    return tuple(found)


def _named_posts(place: Place, names: dict[str, SignIn]) -> Iterator[tuple[str, str, str]]:
    """The posts of the people with a sign-in come first, so that their numbers are known."""
    posts = {
        "clinician": ("doctor", "主治医师"),
        "coder": ("administrator", "科员"),
        "institution_admin": ("administrator", "科长"),
    }
    for code in sorted(code for code in names if code.rpartition("-")[0] == place.code):
        role = names[code].roles[0]
        kind, title = posts[role]
        yield _named_department(place, role), kind, title


def _named_department(place: Place, role: str) -> str:
    if role == "clinician":
        return "0304" if place.kind == "general" else "02"
    return "XZ03" if role == "coder" else "XZ01"


def _posts(place: Place) -> Iterator[tuple[str, str, str]]:
    if place.kind == "village":
        yield "01", "doctor", "乡村医生"
        return
    for kind, entries in UNITS[place.kind].items():
        doctors = _PRIMARY_DOCTORS if place.level == "primary" else _TITLES["doctor"]
        titles = doctors if _KINDS[kind] == "doctor" else _TITLES[_KINDS[kind]]
        for entry in entries.split(";"):
            for title in islice(cycle(titles), _HEADCOUNT[place.level][kind]):
                yield entry.split(" ", 1)[0], _KINDS[kind], title


def _worker_name(dice: Random, kind: str) -> str:
    women = {"nurse": 970, "doctor": 430}.get(kind, 520)
    return person_name(dice, FEMALE if happens(dice, women) else MALE)


def roster(alliance: str, places: tuple[Place, ...], staff: tuple[Worker, ...]) -> tuple[RosterLine, ...]:
    """The roster of each month: everybody once, and doctors posted from the lead to primary members twice."""
    posted = _postings(alliance, places, staff)
    lines: list[RosterLine] = []
    for month in MONTHS:
        dice = stream(alliance, "roster", month)
        for worker in staff:
            target = posted.get(worker.code)
            leave = dice.choice((0, 0, 0, 0, 1, 2, 3))
            duty = _DUTY_DAYS[month.number] - leave
            share = Decimal("0.800") if target else Decimal("1.000")
            home = worker.institution, worker.department
            lines.append(_line(month, worker, home, share, duty, leave))
            if target:
                lines.append(_line(month, worker, (target, "02"), Decimal("0.200"), 4, 0, seconded=True))
    return tuple(lines)


def _postings(alliance: str, places: tuple[Place, ...], staff: tuple[Worker, ...]) -> dict[str, str]:
    """Staff number -> primary institution where the doctor works one day a week (县管乡用)."""
    dice = stream(alliance, "postings")
    lead = next(place.code for place in places if place.role == "lead")
    doctors = [w.code for w in staff if w.institution == lead and w.title in ("主治医师", "副主任医师")]
    targets = [place.code for place in places if place.level == "primary" and place.mix]
    return dict(zip(dice.sample(doctors, 8), dice.sample(targets, 8), strict=True))


def _line(
    month: Month,
    worker: Worker,
    place: tuple[str, str],
    share: Decimal,
    days: int,
    leave: int,
    *,
    seconded: bool = False,
) -> RosterLine:
    established = worker.title in ("主任医师", "副主任医师", "主治医师", "主管护师", "科长")
    return RosterLine(
        month=month,
        staff=worker.code,
        home=worker.institution,
        institution=place[0],
        department=place[1],
        post_coefficient=Decimal(_COEFFICIENTS[worker.title]),
        share=share,
        days=Decimal(days),
        leave_days=Decimal(leave),
        seconded=seconded,
        employment="established" if established else "contract",
    )


class Directory:
    """Who works where: doctors and nurses by department, to be written on front pages and referrals."""

    def __init__(self, departments: tuple[Unit, ...], staff: tuple[Worker, ...]) -> None:
        self._clinical: defaultdict[str, list[str]] = defaultdict(list)
        self._staff: defaultdict[tuple[str, str, str], list[Worker]] = defaultdict(list)
        for unit in departments:
            if unit.kind == "clinical":
                self._clinical[unit.institution].append(unit.code)
        for worker in sorted(staff, key=lambda worker: (-Decimal(_COEFFICIENTS[worker.title]), worker.code)):
            self._staff[worker.institution, worker.department, worker.kind].append(worker)

    def department(self, place: Place, wanted: tuple[str, ...]) -> str:
        """The first wanted clinical department the place has, else its first one."""
        own = self._clinical[place.code]
        return next((code for code in wanted if code in own), own[0])

    def doctors(self, place: Place, department: str) -> list[Worker]:
        """The doctors of a department, highest title first."""
        return self._staff[place.code, department, "doctor"]

    def nurse(self, place: Place, dice: Random) -> Worker:
        """A nurse of the place's first nursing unit."""
        nurses = self._staff[place.code, "HL01", "nurse"]
        return nurses[below(dice, len(nurses))]

    def coder(self, place: Place) -> Worker:
        """Who codes: the records office, in small institutions the office."""
        office = (
            self._staff[place.code, "XZ03", "administrator"]
            or self._staff[place.code, "XZ01", "administrator"]
        )
        return min(office, key=lambda worker: worker.code)
