"""The bill of a stay: how much, and of what; its parts add up to its total to the fen."""

from random import Random

from alliance.demo.chance import below, happens, multiplier
from alliance.demo.family import Family
from alliance.demo.values import Place

# Columns of definitions 10.1; a sub-item (x01, x02) is contained in the column before it.
PARTS = [
    "D11",
    "D12",
    "D13",
    "D14",
    "D15",
    "D16",
    "D17",
    "D18",
    "D19",
    "D20",
    "D21",
    "D22",
    "D23",
    "D24",
    "D25",
    "D26",
    "D27",
    "D28",
    "D29",
    "D30",
    "D31",
    "D32",
    "D33",
    "D34",
]
SUB_ITEMS = {"D19x01": "D19", "D20x01": "D20", "D20x02": "D20", "D23x01": "D23"}
COLUMNS = tuple(
    column for part in PARTS for column in (part, *(sub for sub, whole in SUB_ITEMS.items() if whole == part))
)

# Of a thousand yuan, how much is of which kind, by the character of the treatment.
_PROFILES = {
    "medical": (
        "D11:70 D12:85 D13:55 D14:8 D15:4 D16:180 D17:130 D18:60 D19:55 D22:12 D23:260 D24:45 "
        "D31:8 D32:26 D34:2"
    ),
    "rehab": (
        "D11:80 D12:70 D13:60 D14:8 D16:70 D17:60 D18:20 D19:60 D21:300 D22:130 D23:90 D24:40 D25:6 D32:6"
    ),
    "surgical": (
        "D11:50 D12:60 D13:42 D14:6 D15:30 D16:95 D17:80 D18:30 D19:25 D20:215 D23:165 D24:8 "
        "D26:16 D27:10 D31:6 D32:32 D33:128 D34:2"
    ),
    "intervention": (
        "D11:32 D12:36 D13:26 D14:4 D15:14 D16:60 D17:55 D18:70 D19:20 D20:250 D23:75 D24:6 D31:22 "
        "D32:20 D33:310"
    ),
    "implant": (
        "D11:40 D12:46 D13:36 D14:4 D15:4 D16:60 D17:58 D18:16 D19:24 D20:190 D21:26 D23:92 D24:6 "
        "D26:18 D31:4 D32:26 D33:350"
    ),
    "intensive": (
        "D11:60 D12:150 D13:70 D14:10 D16:170 D17:50 D18:40 D19:90 D23:230 D24:6 D26:20 D27:22 "
        "D28:6 D30:6 D31:10 D32:60"
    ),
    "birth": (
        "D11:90 D12:110 D13:110 D14:10 D15:6 D16:150 D17:70 D18:60 D19:25 D20:190 D23:95 D24:14 D32:30 D33:40"
    ),
    "newborn": ("D11:90 D12:130 D13:150 D14:8 D16:190 D17:40 D18:60 D19:130 D23:150 D26:6 D28:8 D32:38"),
}
_SUB_SHARES = {"D19x01": 420, "D20x01": 270, "D23x01": 300}
PROFILES = {
    name: tuple((part, int(weight)) for part, _, weight in (item.partition(":") for item in text.split()))
    for name, text in _PROFILES.items()
}
SELF_PAYING = "7"
_DRAWN = {"1": (160, 300), "2": (280, 460)}
# What the insurance of each kind pays, at primary houses (True) and at hospitals: the deductible in fen, then
# so many per cent of the rest. The guide that patients read beside their bill says the same.
GUIDE = {
    ("2", True): (10_000, 90), ("2", False): (40_000, 75),
    ("1", True): (10_000, 92), ("1", False): (50_000, 88),
}  # fmt: skip
_YUAN = 100


def total(dice: Random, family: Family, place: Place, days: int, extra: int) -> int:
    """Total charges in fen: log-normal around the family's median, more for longer, graver and dearer stays.

    `extra`: per cent that the secondary diagnoses add.
    """
    median = max(1, family.stay)
    fen = family.cost * _YUAN * place.price // 1000
    fen = fen * (days + 2 * median) // (3 * median)
    fen = fen * (100 + extra) // 100
    fen = fen * multiplier(dice, family.spread) // 1000
    if happens(dice, 9):
        fen = fen * dice.randint(24, 38) // 10
    return fen + dice.randint(0, 99)


def split(dice: Random, family: Family, fen: int) -> tuple[int, ...]:
    """Divide a total into the columns COLUMNS; the parts (without sub-items) add up to it exactly."""
    shares = [(part, weight * (700 + below(dice, 601))) for part, weight in PROFILES[family.profile]]
    whole = sum(share for _, share in shares)
    bill = dict.fromkeys(COLUMNS, 0)
    given = running = 0
    for part, share in shares:
        running += share
        bill[part] = fen * running // whole - given
        given += bill[part]
    for sub, share in _SUB_SHARES.items():
        bill[sub] = bill[SUB_ITEMS[sub]] * share // 1000
    bill["D20x02"] = bill["D20"] - bill["D20x01"]
    return tuple(bill.values())


def own_pay(dice: Random, payment: str, fen: int, *, primary: bool) -> int:
    """What the patient pays of the total by `GUIDE`, in fen; all of it without insurance."""
    if payment == SELF_PAYING:
        return fen
    dice.randint(*_DRAWN[payment])  # drawn and not used, so that everything drawn after it stays what it is
    deductible, percent = GUIDE[payment, primary]
    own = min(fen, deductible)
    return own + (fen - own) * (100 - percent) // 100
