"""The county community of the demonstration: one lead, two county hospitals, 18 townships, village rooms."""

from alliance.demo.names import REGIONS, organisation_code
from alliance.demo.places import hospitals
from alliance.demo.values import Place, SignIn

CODE = "lanchuan"
NAME = "岚川县医共体"
NAME_EN = "Lanchuan County Medical Community"
WORD = "医共体"
KIND = "county"
BODY = "council"

# Name, beds, served persons, discharges a month before returns and transfers.
_TOWNSHIPS = (
    ("石桥镇", 64, 41200, 40),
    ("东陂镇", 60, 38600, 36),
    ("青柳镇", 56, 36400, 34),
    ("柳河镇", 50, 33100, 29),
    ("双河镇", 46, 30800, 27),
    ("新安镇", 46, 30200, 27),
    ("白沙镇", 44, 29700, 26),
    ("梅溪镇", 42, 28400, 25),
    ("南塘镇", 40, 27600, 23),
    ("凤鸣镇", 38, 25900, 21),
    ("高桥镇", 38, 25300, 22),
    ("太平镇", 34, 22800, 18),
    ("麻坪镇", 32, 21500, 16),
    ("泉口镇", 28, 19400, 14),
    ("云台乡", 28, 18300, 15),
    ("竹园乡", 20, 13200, 9),
    ("红岩乡", 20, 12700, 10),
    ("松岭乡", 12, 8600, 5),
)
_VILLAGES = ("柳家湾", "大塘")
_HOSPITALS = """
人民医院 secondary general lead A1001 780 96400 county_general 690 1080 utf-8-sig
中医医院 secondary tcm member A2101 320 42800 tcm_hospital 215 900 gb18030
妇幼保健院 secondary maternal member G1001 180 31500 maternal_child 172 960 utf-8-sig
"""
_GB = "gb18030"
_OLD_SYSTEMS = frozenset({"青柳镇", "麻坪镇", "泉口镇", "松岭乡"})


def places() -> tuple[Place, ...]:
    """Every member of the community; townships and rooms in the order of the tables above."""
    townships = [_township(number, *row) for number, row in enumerate(_TOWNSHIPS, 1)]
    rooms = [_room(town, number) for town in townships for number in range(1, len(_VILLAGES) + 1)]
    return (*hospitals(CODE, "岚川县", "县", 2300, _HOSPITALS), *townships, *rooms)


def _township(number: int, town: str, beds: int, served: int, volume: int) -> Place:
    organisation = organisation_code(2310 + number, REGIONS[CODE], "C2101" if town[-1] == "镇" else "C2201")
    return Place(
        f"B{number:02d}",
        organisation,
        f"岚川县{town}卫生院",
        f"{town}卫生院",
        "primary",
        "township",
        "member",
        "",
        beds,
        served,
        "township",
        volume,
        540 + 13 * (number * 7 % 11),
        _GB if town in _OLD_SYSTEMS else "utf-8-sig",
    )


def _room(town: Place, number: int) -> Place:
    organisation = organisation_code(int(town.organisation[4:8]) + 100 * number, REGIONS[CODE], "D6001")
    name = f"{town.short_name.removesuffix('卫生院')}{_VILLAGES[number - 1]}村卫生室"
    served = town.served_population // (22 + 3 * number)
    return Place(
        f"{town.code}-{number}",
        organisation,
        f"岚川县{name}",
        name,
        "primary",
        "village",
        "member",
        town.code,
        0,
        served,
    )


def users() -> tuple[SignIn, ...]:
    """The sign-ins of the community; `staff` are numbers of staff.workers."""
    return (
        SignIn("guanliyuan", "阮书衡", ("alliance_admin",)),
        SignIn("luoxiaolan", "罗晓岚", ("performance_office",)),
        SignIn("shuyanqing", "舒砚青", ("performance_office",)),
        SignIn("jibeining", "纪北宁", ("institution_admin",), "A01", "A01-0002"),
        SignIn("heshanming", "何山明", ("institution_head",), "A01"),
        SignIn("shenruochuan", "沈若川", ("clinician",), "A01", "A01-0001"),
        SignIn("baishuning", "白术宁", ("clinician",), "B01", "B01-0001"),
        SignIn("hangyifan", "杭一帆", ("coder",), "A01", "A01-0003"),
        SignIn("baijinghe", "柏景和", ("coder",), "A02", "A02-0001"),
        SignIn("liangyuanqing", "梁渊清", ("institution_admin",), "B01"),
        SignIn("yuqingshan", "喻青山", ("data_steward",)),
        SignIn("tongsuixin", "佟穗新", ("finance",)),
        SignIn("maoxiangzhi", "毛象知", ("auditor",)),
        SignIn("jizhengyan", "季正言", ("discipline",)),
        SignIn("yanpingli", "颜平立", ("third_party_evaluator",)),
    )
