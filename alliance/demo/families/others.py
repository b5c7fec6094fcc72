"""Families a grouper cannot place: ungroupable and ambiguous stays, for the work queues."""

from alliance.demo.family import Family

OTHERS: tuple[Family, ...] = (
    Family(
        "outside",
        "主要诊断不在任何分组目录",
        "L03.100:46 R69.x00:20 Z98.800:14 Z95.501:12 Z86.703:8",
        "I10.x04:220 E78.500:160 D64.900:60",
        departments="03 5001 04 02",
        ages=(22, 58, 88),
        stay=6,
        cost=4800,
        returns=False,
    ),
    Family(
        "conflicting",
        "手术与诊断不属同一系统",
        "K29.500:36 I63.900:14 J44.100:20 M51.202:20 I10.x05:16",
        "I10.x04:160 K80.200:400 E11.900:120",
        ((1000, "51.2300:6 86.2200:4"),),
        departments="0401 5002 04",
        ages=(34, 58, 80),
        stay=8,
        cost=13200,
        profile="surgical",
        returns=False,
    ),
    Family(
        "miscarriage",
        "先兆流产后清宫",
        "O20.000:1",
        "O99.008:120 E87.600:60",
        ((1000, "69.0202"),),
        departments="0501 05",
        ages=(19, 30, 44),
        male=0,
        stay=4,
        cost=3300,
        profile="birth",
        returns=False,
    ),
)
