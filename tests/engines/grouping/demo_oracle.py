"""Writes the constructed cases of the oracle of the shipped scheme; run as a program it renews the file.

For every row of drg.csv cases are put together from the words of its own rules: a diagnosis of the list, an
operation of the list, a number at the limit, a complication of the level. The group is therefore known before
anything is computed; tests.engines.grouping.plain must then place the case there, or the construction fails.
At limits, exclusions and injuries that second reading says what becomes of a case; no engine is ever asked.
Cases numbered `xd` were worked out by hand and are kept as they stand.
"""

import ast
import csv
import io
from collections.abc import Callable, Iterator
from itertools import chain, product
from pathlib import Path

from tests.engines.grouping.plain import Placed, Plain, Row, python

SCHEMES = Path(__file__).resolve().parents[3] / "grouping" / "schemes"
ORACLE = SCHEMES / "oracle" / "xietong_demo.csv"
GIVEN = ("sex", "age", "age_days", "weight", "los", "department", "discharge", "icu_hours", "total_cost")
EXPECTED = ("expected_mdc", "expected_adrg", "expected_drg", "peer_drg")
HEADER = ("case_no", *GIVEN, "diagnoses", "procedures", *EXPECTED)
# Cases of each row, and how many combinations of codes are tried for one.
WANTED, TRIES = 4, 60
# In no list of the package and of no level: a companion that must change nothing.
NEUTRAL = ("I10.x05", "E78.500", "I25.103", "M81.900")
COMPLICATIONS = {
    "MCC": ("A41.900", "J96.000", "N18.500", "G93.501", "L89.300"),
    "CC": ("N17.900", "J18.900", "E44.000", "K74.600", "L89.200"),
}
# A drawer of operations for the ambiguous groups: each is foreign to all systems but one.
FOREIGN = ("13.4100", "47.0100", "81.5100", "51.2300", "28.2x00", "56.0x00", "64.0x00", "06.2x00")
Way = tuple[tuple[str, bool], ...]


def constructed(plain: Plain) -> Iterator[tuple[Row, Placed]]:
    """Every constructed case with its group."""
    makers = (cores, limits, newborns, injuries, exclusions, ambiguous, nowhere)
    yield from chain(*(maker(plain) for maker in makers))


def cores(plain: Plain) -> Iterator[tuple[Row, Placed]]:
    """Cases of every row of drg.csv, by every way its rules can hold."""
    for mdc, adrg, drg in plain.rows():
        if drg is None:
            continue
        target = (mdc["mdc"], adrg["adrg"], drg["drg"])
        rules = (mdc["rule"], adrg["rule"], drg["rule"])
        found = [(case, target) for case in built(plain, rules, target)]
        if not found:
            raise AssertionError(f"no case could be put together for {target} by {rules}")
        yield from found


def built(plain: Plain, rules: tuple[str, ...], target: Placed) -> list[Row]:
    """Up to WANTED cases of a target, each way of its rules in turn."""
    found: dict[str, Row] = {}
    every = list(product(*(ways(rule) for rule in rules)))
    for attempt in range(TRIES * len(every)):
        way = tuple(chain(*every[attempt % len(every)]))
        case = build(plain, way, target[0], attempt // len(every))
        if case and plain.place(case) == target:
            found.setdefault(case["diagnoses"] + "/" + case["procedures"] + case["age"], case)
        if len(found) == max(WANTED, min(len(every), 2 * WANTED)):
            break
    return list(found.values())


def ways(rule: str) -> list[Way]:
    """The ways a rule can hold: conditions that must hold or fail together."""
    return _ways(ast.parse(python(rule), mode="eval").body, True)


def _ways(node: ast.expr, holds: bool) -> list[Way]:
    if isinstance(node, ast.UnaryOp):
        return _ways(node.operand, not holds)
    if not isinstance(node, ast.BoolOp):
        return [((ast.unparse(node), holds),)]
    members = [_ways(member, holds) for member in node.values]
    if isinstance(node.op, ast.And) == holds:
        return [tuple(chain(*choice)) for choice in product(*members)]
    return list(chain(*members))


def build(plain: Plain, way: Way, mdc: str, turn: int) -> Row | None:
    """Put a case together that meets the conditions of a way; None where the codes of its lists run out."""
    case = ordinary(mdc, turn)
    diagnoses = principal(plain, way, mdc, turn)
    procedures: list[str] = []
    if diagnoses is None:
        return None
    for text in (text for text, holds in way if holds):
        subject, _, name = text.removeprefix("meets(").removesuffix(")").partition(", ")
        listed = plain.lists[name.strip("'")] if name else []
        if subject in ("secondary", "any_diagnosis"):
            diagnoses.append(listed[turn % len(listed)])
        elif subject == "main_procedure":
            procedures.insert(0, listed[turn % len(listed)])
        elif subject in ("any_procedure", "other_procedure"):
            procedures.append(operation(listed, mdc, turn))
        elif text.startswith("trauma_sites"):
            diagnoses += other_sites(plain, diagnoses[0], turn)
        elif text in ("mcc", "cc"):
            diagnoses.append(COMPLICATIONS[text.upper()][turn % 5])
        else:
            set_field(case, text)
    if turn % 2 and mdc != "MDCP":
        diagnoses.insert(1 + turn % len(diagnoses), NEUTRAL[turn // 2 % len(NEUTRAL)])
    case |= {
        "diagnoses": "|".join(dict.fromkeys(diagnoses)),
        "procedures": "|".join(dict.fromkeys(procedures)),
    }
    return case


def ordinary(mdc: str, turn: int) -> Row:
    """A person such as the MDC has, with nothing remarkable."""
    sex = {"MDCM": 1, "MDCN": 2, "MDCO": 2}.get(mdc, 1 + turn % 2)
    age = {"MDCP": 0, "MDCO": 24 + turn % 12}.get(mdc, 40 + turn % 37)
    case = dict.fromkeys(HEADER, "")
    case |= {"sex": str(sex), "age": str(age), "los": "8", "department": "03", "discharge": "1"}
    case |= {"icu_hours": "0", "total_cost": "5000.00"}
    if age == 0:
        case |= {"age_days": str(turn % 29), "weight": str(2600 + 37 * (turn % 30))}
    return case


def principal(plain: Plain, way: Way, mdc: str, turn: int) -> list[str] | None:
    """A principal diagnosis that all the lists of the way have; any of the MDC's where none is asked."""
    asked = [text.split("'")[1] for text, holds in way if holds and text.startswith("meets(principal")]
    common = [code for code in plain.lists[(asked or [mdc])[0]] if all(code in plain.lists[x] for x in asked)]
    common = common or ([] if asked else ["J18.900", "K74.600", "N18.500"])
    return [common[turn % len(common)]] if common else None


def operation(listed: list[str], mdc: str, turn: int) -> str:
    """An operation of the list; of the list of all operations, one that is foreign to the MDC."""
    return listed[turn % len(listed)] if len(listed) < 100 else FOREIGN[(turn + ord(mdc[-1])) % len(FOREIGN)]


def other_sites(plain: Plain, first: str, turn: int) -> list[str]:
    """An injury of another site than the first."""
    others = [code for code, site in plain.sites.items() if site != plain.sites.get(first)]
    return [others[turn * 5 % len(others)]]


def set_field(case: Row, text: str) -> None:
    """Give a field the value that just meets its comparison."""
    if text in ("true", "has_weight", "no_procedure") or text.startswith("meets"):
        return
    name, op, value = text.split(" ", 2)
    if op == "in":
        case[name] = value.strip("{}").split(",")[0]
    elif name == "department":
        case[name] = value.strip("'")
    else:
        case[name] = str(int(value) + {"<": -1, ">": 1}.get(op, 0))
    if name == "age_days" or (name == "weight" and not case["age_days"]):
        case |= {"age": "0"}


def limits(plain: Plain) -> Iterator[tuple[Row, Placed]]:
    """At every limit of every rule: one below, at it, one above, and the value missing."""
    for mdc, adrg, drg in plain.rows():
        rules = (mdc["rule"], adrg["rule"], drg["rule"] if drg else "true")
        for name, value in dict.fromkeys(chain(*(compared(rule) for rule in rules))):
            target = (mdc["mdc"], adrg["adrg"], drg["drg"] if drg else adrg["adrg"])
            for case in built(plain, rules, target)[:1]:
                for text in (str(value - 1), str(value), str(value + 1), ""):
                    changed = case | {name: text} if text != "-1" else case | {name: "0"}
                    yield changed, plain.place(changed)


def compared(rule: str) -> Iterator[tuple[str, int]]:
    """The fields a rule compares with a number, and the numbers; injuries are counted, not given."""
    for node in ast.walk(ast.parse(python(rule), mode="eval")):
        if isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Constant):
            name, value = ast.unparse(node.left), node.comparators[0].value
            if isinstance(value, int) and name != "trauma_sites":
                yield name, value


def newborns(plain: Plain) -> Iterator[tuple[Row, Placed]]:
    """The first month day by day at its ends, with every weight at which a group changes."""
    days, weights = ("0", "1", "27", "28", "29", ""), ("999", "1499", "1500", "2499", "2500", "0", "")
    for first, day, weight in product(("P07.101", "P22.000", "P59.901"), days, weights):
        case = ordinary("MDCP", 1) | {"age_days": day, "weight": weight, "diagnoses": first}
        yield case, plain.place(case)


def injuries(plain: Plain) -> Iterator[tuple[Row, Placed]]:
    """One, two and three sites of injury, and two injuries of one site."""
    for turn, first in enumerate(plain.lists["MDCZ"]):
        own = plain.sites[first]
        elsewhere = {site: code for code, site in plain.sites.items() if site != own}
        same = [code for code, site in plain.sites.items() if site == own and code != first]
        others = list(elsewhere.values())
        for more in ([], others[turn % 3 :][:1], others[:2], same[:1]):
            case = ordinary("MDCZ", turn) | {"diagnoses": "|".join((first, *more))}
            yield case, plain.place(case)


def exclusions(plain: Plain) -> Iterator[tuple[Row, Placed]]:
    """Beside a principal diagnosis of each exclusion group: a complication of that group, and another."""
    homes = [mdc for mdc in plain.head["mdc_order"] if mdc not in ("MDCA", "MDCY", "MDCZ")]
    for group in sorted(set(plain.excluded.values())):
        own = [row["code"] for row in plain.levels if row["exclusion_group"] == group]
        others = [row["code"] for row in plain.levels if row["exclusion_group"] != group]
        mine = [code for code, excluded in plain.excluded.items() if excluded == group]
        for turn, first in enumerate(mine[:3]):
            home = next((mdc for mdc in homes if first in plain.lists[mdc]), "MDCE")
            for second in filter(first.__ne__, (*own[turn : turn + 2], others[turn * 7 % len(others)])):
                case = ordinary(home, turn) | {"diagnoses": f"{first}|{second}"}
                yield case, plain.place(case)


def ambiguous(plain: Plain) -> Iterator[tuple[Row, Placed]]:
    """Operations of another system: every ambiguous group."""
    for mdc, adrg, drg in plain.rows():
        if drg is None and adrg["kind"] == "ambiguous":
            target = (mdc["mdc"], adrg["adrg"], adrg["adrg"])
            found = built(plain, (mdc["rule"], adrg["rule"]), target)
            if not found:
                raise AssertionError(f"no ambiguous case for {target}")
            yield from ((case, target) for case in found)


def nowhere(plain: Plain) -> Iterator[tuple[Row, Placed]]:
    """Cases that belong nowhere: codes cut short, of the clinical edition, in no list, of the wrong sex."""
    target = ("", "", plain.head["ungroupable"])
    codes = [plain.lists[mdc][0] for mdc in plain.head["mdc_order"] if plain.lists[mdc]]
    changes: tuple[Callable[[str], str], ...] = (
        lambda code: code[:-1],
        lambda code: code[:3],
        lambda code: code + "x999",
        lambda code: "R69.x00|" + code,
    )
    for turn, change in enumerate(changes):
        for code in codes:
            yield ordinary("MDCE", turn) | {"diagnoses": change(code)}, target
    for mdc, sex in (("MDCM", "2"), ("MDCN", "1"), ("MDCO", "1"), ("MDCM", ""), ("MDCN", "")):
        for code in plain.lists[mdc][:4]:
            yield ordinary(mdc, 0) | {"diagnoses": code, "sex": sex}, target


def numbered(plain: Plain) -> Iterator[Row]:
    """The constructed cases as rows of the file, each case once; a group other than built for fails."""
    seen: set[tuple[str, ...]] = set()
    for case, target in constructed(plain):
        found, key = plain.place(case), tuple(case.values())
        if found != target:
            raise AssertionError(f"built for {target}, placed in {found}: {case}")
        if key not in seen:
            seen.add(key)
            mdc, adrg, drg = target
            expected = {"expected_mdc": mdc, "expected_adrg": adrg, "expected_drg": drg}
            yield case | expected | {"case_no": f"xg{len(seen):04d}"}


def by_hand() -> list[Row]:
    """The cases worked out by hand, as they stand in the file."""
    with ORACLE.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["case_no"].startswith("xd")]


def content() -> str:
    """The whole file: the cases worked out by hand, then the constructed ones."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(chain(by_hand(), numbered(Plain(SCHEMES / "xietong_demo"))))
    return text.getvalue()


if __name__ == "__main__":
    ORACLE.write_text(content(), encoding="utf-8", newline="")
