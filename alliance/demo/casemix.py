"""The case mixes of each kind of hospital, named, and the tables that stays are drawn from."""

from alliance.demo.chance import Weighted, weighted

# Of a thousand discharges, how many belong to which family (weights; they need not add up to 1000).
MIXES: dict[str, Weighted] = {
    "tertiary_general": weighted(
        "stroke:88 brain_bleed:30 craniotomy:26 epilepsy:18 pneumonia:66 child_pneumonia:24 "
        "bronchitis:12 copd:44 ventilated:9 lung_cancer:58 lung_surgery:26 heart_failure:50 "
        "infarction:22 stent:70 pacemaker:12 leadless:3 angina:58 arrhythmia:26 hypertension:18 "
        "gi_cancer:56 gi_bleed:26 gastritis:30 bowel_surgery:34 polyp:44 appendix:18 hernia:18 "
        "child_hernia:6 joint:34 fracture_surgery:46 fracture:20 back_pain:26 caesarean:26 delivery:20 "
        "pregnancy:14 newborn:18 newborn_distress:5 preterm:9 outside:11 conflicting:4"
    ),
    "county_general": weighted(
        "stroke:112 brain_bleed:26 craniotomy:12 epilepsy:18 pneumonia:88 child_pneumonia:52 "
        "bronchitis:28 copd:70 ventilated:5 lung_cancer:26 lung_surgery:5 heart_failure:64 infarction:20 "
        "stent:30 pacemaker:5 leadless:2 angina:72 arrhythmia:22 hypertension:34 gi_cancer:26 "
        "gi_bleed:30 gastritis:52 bowel_surgery:14 polyp:36 appendix:34 hernia:26 child_hernia:7 "
        "joint:14 fracture_surgery:44 fracture:34 back_pain:36 caesarean:20 delivery:22 pregnancy:10 "
        "newborn:12 newborn_distress:2 preterm:3 outside:11 conflicting:4"
    ),
    "secondary_general": weighted(
        "stroke:108 brain_bleed:20 epilepsy:16 pneumonia:92 child_pneumonia:40 bronchitis:34 copd:76 "
        "lung_cancer:18 heart_failure:66 infarction:14 angina:84 arrhythmia:22 hypertension:44 "
        "gi_cancer:20 gi_bleed:30 gastritis:60 bowel_surgery:9 polyp:44 appendix:38 hernia:32 "
        "child_hernia:5 joint:10 fracture_surgery:40 fracture:34 back_pain:44 caesarean:18 delivery:18 "
        "pregnancy:10 newborn:8 outside:10 conflicting:4"
    ),
    "tcm_hospital": weighted(
        "stroke:150 pneumonia:70 child_pneumonia:30 bronchitis:40 copd:88 heart_failure:48 angina:96 "
        "arrhythmia:20 hypertension:66 gi_bleed:14 gastritis:86 polyp:16 appendix:20 hernia:26 joint:18 "
        "fracture_surgery:38 fracture:66 back_pain:190 gi_cancer:14 lung_cancer:10 outside:8 "
        "conflicting:2"
    ),
    "maternal_child": weighted(
        "caesarean:170 delivery:200 pregnancy:130 newborn:160 newborn_distress:12 preterm:20 "
        "child_pneumonia:190 bronchitis:110 epilepsy:6 miscarriage:5 outside:4"
    ),
    "rehabilitation": weighted(
        "stroke_care:330 back_pain:260 joint_care:130 fracture_care:200 stroke:60 hypertension:20"
    ),
    "township": weighted(
        "bronchitis:150 pneumonia:126 child_pneumonia:52 copd:140 hypertension:112 stroke:76 "
        "back_pain:120 gastritis:124 angina:86 heart_failure:38 fracture:46 arrhythmia:10 delivery:3 "
        "hernia:2 appendix:2 outside:10"
    ),
    "community_centre": weighted(
        "hypertension:150 copd:130 stroke_care:120 back_pain:140 angina:110 pneumonia:100 bronchitis:90 "
        "heart_failure:60 gastritis:70 arrhythmia:12 outside:9"
    ),
}


def treats(mix: str, family: str) -> bool:
    """Say whether a hospital of this mix has patients of this family."""
    return mix in MIXES and family in MIXES[mix].words
