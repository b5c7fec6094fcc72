"""The city group of the demonstration: 1 tertiary, 5 secondary, 20 community centres (S3-59)."""

from alliance.demo.names import REGIONS, organisation_code
from alliance.demo.places import hospitals
from alliance.demo.values import Place, SignIn

CODE = "jiangzhou"
NAME = "江州市城市医疗集团"
NAME_EN = "Jiangzhou City Medical Group"
WORD = "医疗集团"
KIND = "city_group"
BODY = "management"

# Name, beds, served persons, discharges a month before returns and transfers.
_CENTRES = (
    ("望江", 30, 46200, 8),
    ("文昌", 28, 44800, 7),
    ("东湖", 26, 41500, 7),
    ("清波", 26, 40300, 7),
    ("新桥", 24, 39700, 6),
    ("南门", 24, 38200, 6),
    ("北关", 24, 37600, 6),
    ("滨江", 24, 36900, 6),
    ("梧桐", 20, 35100, 6),
    ("凤凰", 20, 34400, 5),
    ("紫云", 20, 33200, 5),
    ("白鹭", 20, 32700, 5),
    ("学府", 20, 31800, 5),
    ("虹桥", 18, 30600, 5),
    ("石榴", 18, 29500, 5),
    ("金沙", 16, 28300, 4),
    ("龙泉", 16, 27400, 4),
    ("四季", 16, 26800, 4),
    ("杨家", 15, 24600, 4),
    ("莲花", 15, 23900, 4),
)
_HOSPITALS = """
人民医院 tertiary general lead A1001 1500 128000 tertiary_general 480 1620 utf-8-sig
第二人民医院 secondary general member A1001 520 86000 secondary_general 190 1060 gb18030
中医医院 secondary tcm member A2101 380 64000 tcm_hospital 122 980 utf-8-sig
妇幼保健院 secondary maternal member G1001 300 58000 maternal_child 120 1080 utf-8-sig
临江区人民医院 secondary general member A1001 360 71000 secondary_general 96 940 gb18030
康复医院 secondary special member A5161 200 45000 rehabilitation 40 880 utf-8-sig
"""
_GB = "gb18030"


def places() -> tuple[Place, ...]:
    """Every member of the group: hospitals, then the centres in the order of the table above."""
    return (
        *hospitals(CODE, "江州市", "市", 1100, _HOSPITALS),
        *(_centre(number, *row) for number, row in enumerate(_CENTRES, 1)),
    )


def _centre(number: int, street: str, beds: int, served: int, volume: int) -> Place:
    return Place(
        f"B{number:02d}",
        organisation_code(1110 + number, REGIONS[CODE], "B1001"),
        f"江州市{street}街道社区卫生服务中心",
        f"{street}社区卫生服务中心",
        "primary",
        "community",
        "member",
        "",
        beds,
        served,
        "community_centre",
        volume,
        600 + 11 * (number * 5 % 9),
        _GB if number % 7 == 0 else "utf-8-sig",
    )


def users() -> tuple[SignIn, ...]:
    """The sign-ins of the group; `staff` are numbers of staff.workers."""
    return (
        SignIn("jz_guanliyuan", "景予安", ("alliance_admin",)),
        SignIn("jz_tangmingxi", "唐明溪", ("performance_office",)),
        SignIn("jz_zhuangyuan", "庄雨岸", ("performance_office",)),
        SignIn("jz_helanting", "何兰汀", ("institution_admin",), "A01", "A01-0002"),
        SignIn("jz_gusongnian", "顾松年", ("clinician",), "A01", "A01-0001"),
        SignIn("jz_mengqiuchi", "孟秋池", ("clinician",), "B01", "B01-0001"),
        SignIn("jz_yiwanting", "易婉亭", ("coder",), "A01", "A01-0003"),
        SignIn("jz_qiaozhiyuan", "乔致远", ("data_steward",)),
        SignIn("jz_daibaishi", "戴白石", ("finance",)),
        SignIn("jz_yanshouzheng", "严守正", ("auditor",)),
    )
