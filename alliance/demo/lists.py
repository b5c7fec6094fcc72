"""Settlement lists (national interface 4101, definitions 10.3) of stays whose front pages are delivered too.

The second document of a stay differs on purpose, as it does in life: some lists have another principal
diagnosis, some lack a procedure, some were never sent.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from alliance.demo import fees
from alliance.demo.chance import happens, stream
from alliance.demo.codes import DIAGNOSES, PROCEDURES
from alliance.demo.front_page import money
from alliance.demo.values import Stay

# Fee columns of the front page -> category of the list (med_chrgitm); others go to 14, other charges.
_CATEGORY = {
    "D11": "02", "D12": "05", "D13": "07", "D15": "04", "D16": "04", "D17": "03", "D18": "03", "D19": "05",
    "D20": "06", "D21": "05", "D22": "05", "D23": "09", "D24": "11", "D25": "10", "D31": "08", "D32": "08",
    "D33": "08",
}  # fmt: skip
_UNSENT, _OTHER_PRINCIPAL, _WITHOUT_PROCEDURE = 15, 20, 20  # of a thousand
_PAID_BY_DRG = "4"


def content(stays: Iterable[Stay]) -> bytes:
    """The lists of the stays as the insurer's interface takes them: one JSON array."""
    return json.dumps(list(_lists(stays)), ensure_ascii=False, indent=0).encode()


def _lists(stays: Iterable[Stay]) -> Iterator[dict[str, Any]]:
    for stay in stays:
        dice = stream("lists", *stay.key)
        if not happens(dice, _UNSENT):
            swap = bool(stay.secondary) and happens(dice, _OTHER_PRINCIPAL)
            yield _list(stay, swap=swap, short=happens(dice, _WITHOUT_PROCEDURE))


def _list(stay: Stay, *, swap: bool, short: bool) -> dict[str, Any]:
    codes = [stay.principal, *(code for code, _condition in stay.secondary)]
    if swap:
        codes[:2] = codes[1::-1]
    operations = stay.operations[:-1] if short else stay.operations
    return {
        "setlinfo": _stay(stay),
        "diseinfo": [
            {"diag_type": "1", "maindiag_flag": "0" if place else "1", "diag_code": code,
             "diag_name": DIAGNOSES[code], "adm_cond_type": "1"}
            for place, code in enumerate(codes)
        ],
        "oprninfo": [
            {"oprn_oprt_type": "2" if place else "1", "oprn_oprt_code": one.code,
             "oprn_oprt_name": PROCEDURES[one.code].name, "oprn_oprt_date": str(one.at)}
            for place, one in enumerate(operations)
        ],
        "iteminfo": [
            {"med_chrgitm": category, "amt": money(fen)} for category, fen in sorted(_charges(stay).items())
        ],
        "payinfo": [{"fund_pay_type": "310101", "fund_payamt": money(stay.total - stay.own_pay)}],
        "icuinfo": [],
    }  # fmt: skip


def _stay(stay: Stay) -> dict[str, str]:
    """The part that says whose stay it was, from when to when, and who pays."""
    patient = stay.patient
    return {
        "fixmedins_code": stay.key.organisation, "fixmedins_name": stay.institution.name,
        "medcasno": stay.key.record_no, "ipt_cnt": str(stay.key.visit_no), "psn_name": patient.name,
        "gend": str(patient.sex), "brdy": str(patient.birth), "age": str(stay.age),
        "nwb_age": str(stay.age_days) if stay.age == 0 else "", "nwb_bir_wt": str(stay.weight or ""),
        "nwb_adm_wt": str(stay.weight or ""), "patn_cert_type": "01" if patient.id_number else "99",
        "certno": patient.id_number, "ntly": "CHN", "naty": "01", "adm_way": stay.route,
        "adm_time": str(stay.admitted), "adm_caty": stay.department, "dscg_time": str(stay.discharged),
        "dscg_caty": stay.department, "act_ipt_days": str(stay.days), "dscg_way": stay.way,
        "days_rinp_flag_31": "2" if stay.planned else "1", "medfee_sumamt": money(stay.total),
        "psn_selfpay": money(stay.own_pay), "psn_ownpay": "0.00", "hi_paymtd": _PAID_BY_DRG,
        "setl_id": f"SE{stay.key.record_no}{stay.key.visit_no}",
    }  # fmt: skip


def _charges(stay: Stay) -> dict[str, int]:
    """Charges by category in fen; a sub-item is contained in the column before it and not counted again."""
    found: dict[str, int] = {}
    for column, fen in zip(fees.COLUMNS, stay.fees, strict=True):
        if fen and column not in fees.SUB_ITEMS:
            category = _CATEGORY.get(column, "14")
            found[category] = found.get(category, 0) + fen
    return found
