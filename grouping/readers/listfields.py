"""The settlement list (4101, 4101A) as data: what its fields mean in the standard, what is kept raw, how its
charges are called. Source: definitions section 10.3 and the field tables of the national interface.
"""

from __future__ import annotations

# Standard column -> the list's names for it, in the order they are tried.
SETL: dict[str, tuple[str, ...]] = {
    "A48": ("medcasno",),
    "A49": ("ipt_cnt", "adm_cnt"),
    "A11": ("psn_name",),
    "A12C": ("gend",),
    "A13": ("brdy",),
    "A14": ("age",),
    "A15C": ("ntly",),
    "A16": ("nwb_age",),
    "A18x01": ("nwb_bir_wt",),
    "A17": ("nwb_adm_wt",),
    "A19C": ("naty",),
    "A38C": ("prfs",),
    "B11C": ("adm_way",),
    "B12": ("adm_time",),
    "B13C": ("adm_caty",),
    "B15": ("dscg_time",),
    "B16C": ("dscg_caty",),
    "B20": ("act_ipt_days",),
    "B21C": ("refldept_dept",),
    "B34C": ("dscg_way",),
    "B35": ("acp_medins_name",),
    "B36C": ("days_rinp_flag_31",),
    "B37": ("days_rinp_pup_31",),
    "C01C": ("wm_dise_code", "otp_wm_dise_code"),
    "C02N": ("otp_wm_dise",),
}
# Kept raw under their own names: what the insurer settles by, no names, numbers, addresses or phones.
KEPT = (
    "mdtrt_id", "setl_id", "hi_setl_lv", "dcla_time", "hi_type", "insuplc", "sp_psn_type", "nwb_adm_type",
    "ipt_med_type", "trt_type", "vent_used_dura", "pwcry_bfadm_coma_dura", "pwcry_afadm_coma_dura", "bld_cat",
    "bld_amt", "bld_unt", "spga_nurscare_days", "lv1_nurscare_days", "scd_nurscare_days", "lv3_nurscare_days",
    "acp_optins_code", "setl_begn_date", "setl_end_date", "psn_selfpay", "psn_ownpay", "acct_pay",
    "psn_cashpay", "hi_paymtd", "medfee_sumamt", "stas_type",
)  # fmt: skip
ID_CARD = ("01", "1")  # patn_cert_type: resident ID card
WESTERN = ("1", "01")  # diag_type: western medicine; a list without the field has no other
ICU = "icu_hours"
VENTILATOR = "vent_dura"
# Names of what the standard of front pages does not have: (Chinese, English).
NAMES: dict[str, tuple[str, str]] = {
    ICU: ("重症监护合计时长", "time in intensive care"),
    VENTILATOR: ("呼吸机使用时长", "time on a ventilator"),
    # Central group results.
    "R01": ("DRG 编码", "DRG code"),
    "R02": ("权重", "weight"),
    "R03": ("结算金额", "settled amount"),
    "R04": ("分组方案版本", "version of the scheme"),
    "R05": ("分组用主要诊断", "principal diagnosis it was grouped by"),
    # What the insurer's statement says beside it (practice.md 3).
    "R06": ("拒付金额", "rejected amount"),
    "R07": ("拒付原因", "reason for the rejection"),
    "R08": ("支付类型", "how the insurer paid it"),
    # Categories of charges (med_chrgitm) of the list.
    "L01": ("床位费", "bed"),
    "L02": ("诊察费", "consultation"),
    "L03": ("检查费", "examination"),
    "L04": ("化验费", "laboratory"),
    "L05": ("治疗费", "treatment"),
    "L06": ("手术费", "surgery"),
    "L07": ("护理费", "nursing"),
    "L08": ("卫生材料费", "material"),
    "L09": ("西药费", "western drugs"),
    "L10": ("中药饮片费", "herbal drugs"),
    "L11": ("中成药费", "Chinese patent drugs"),
    "L12": ("一般诊疗费", "general treatment"),
    "L13": ("挂号费", "registration"),
    "L14": ("其他费", "other charges"),
}
