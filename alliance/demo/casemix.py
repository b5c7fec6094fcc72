"""The case mixes of each kind of hospital, named, and the tables that stays are drawn from."""

from alliance.demo.chance import Weighted, weighted

# How many discharges belong to which family, in proportion to each other (the sums differ).
MIXES: dict[str, Weighted] = {
    "tertiary_general": weighted(
        # nervous system, chest, heart
        "stroke:88 brain_bleed:30 craniotomy:21 epilepsy:18 pneumonia:66 child_pneumonia:24 "
        "bronchitis:12 copd:44 ventilated:7 lung_cancer:40 lung_surgery:20 heart_failure:50 "
        "infarction:22 stent:50 pacemaker:12 leadless:5 angina:58 arrhythmia:26 hypertension:18 "
        "carotid:11 nerve_surgery:10 brain_infection:10 parkinson:10 headache:18 nerves:12 head_injury:16 "
        "brain_other:18 chest_surgery:14 embolism:10 tuberculosis:8 asthma:14 pleura:14 interstitial:12 "
        "lung_other:9 valve_surgery:6 bypass:5 septal_defect:7 aorta:7 ablation:14 limb_artery:9 "
        "varicose:10 vein_filter:4 valve_medical:12 vessels:12 veins:10 syncope:12 "
        # belly, bones
        "gi_cancer:40 gi_bleed:26 gastritis:30 bowel_surgery:28 polyp:44 appendix:18 hernia:18 "
        "child_hernia:6 joint:29 fracture_surgery:40 fracture:20 back_pain:26 gullet_surgery:8 piles:14 "
        "scope_stomach:14 bowel_inflamed:12 reflux:12 piles_medical:5 liver_surgery:16 gallbladder:32 "
        "duct_stones:16 liver_cancer:26 cirrhosis:18 hepatitis:12 pancreatitis:18 biliary:18 "
        "liver_other:9 spine_fusion:18 disc_surgery:14 vertebra_cement:12 knee_scope:14 "
        "implant_removal:14 bone_cancer:10 sprains:9 bone_infection:10 rheumatism:18 osteoporosis:6 "
        "joint_other:7 "
        # senses, skin, glands, kidneys
        "cataract:54 cataract_glaucoma:5 retina_surgery:10 glaucoma_surgery:6 eye_surgery:8 "
        "eye_medical:12 ear_surgery:7 nose_surgery:14 tonsils:12 head_surgery:9 ear_vertigo:12 "
        "upper_airways:14 throat_other:8 head_cancer:12 breast_cancer:18 breast_benign:14 skin_graft:7 "
        "skin_minor:10 skin_cancer:10 sores:6 cellulitis:10 dermatitis:12 lumps:6 adrenal:8 "
        "thyroid_surgery:20 diabetic_foot:6 diabetes:56 thyroid:12 gland_cancer:7 nutrition:8 "
        "gland_other:8 kidney_surgery:10 stone_scope:26 bladder_scope:8 fistula:10 lithotripsy:6 "
        "dialysis:14 renal_failure:22 nephritis:14 urinary_cancer:9 urinary_infection:14 stones:14 "
        "urinary_other:9 "
        # men, women, births
        "prostate_surgery:14 circumcision:6 scrotum:7 prostate_cancer:8 men_infection:6 prostate:8 "
        "womb_cancer_surgery:10 hysterectomy:14 ovary_surgery:14 fibroid:14 hysteroscopy:16 "
        "womb_cancer:14 pelvic_infection:8 women_other:8 caesarean:26 delivery:20 pregnancy:14 "
        "abortion:10 abortion_medical:5 ectopic:6 puerperium:4 newborn:18 newborn_distress:5 preterm:9 "
        "newborn_surgery:4 newborn_critical:3 very_preterm:4 tiny_newborn:4 "
        # blood, tumours, infections, mind, injuries, others
        "liver_transplant:5 kidney_transplant:5 stem_cells:5 spleen:8 neutropenia:7 anaemia:14 "
        "purpura:9 lymph_surgery:9 radiotherapy:16 chemotherapy:80 day_chemotherapy:36 palliative:6 "
        "leukaemia:9 lymphoma:12 myeloma:10 infection_surgery:5 sepsis:12 wound_infection:6 fever:8 "
        "viral:8 infection_other:6 hiv:7 hiv_surgery:6 psychosis:5 mood:10 anxiety:10 dementia:5 "
        "alcohol:5 hand_injury:14 injury_surgery:7 organ_injury:9 poisoning:8 allergy:6 contusion:8 "
        "burn_graft:6 large_burn:4 burns:6 polytrauma_brain:6 polytrauma_limb:6 polytrauma_other:9 "
        "polytrauma:6 rehabilitation_care:6 follow_up:9 follow_up_surgery:9 observation:6 outside:14 "
        "conflicting:11 conflicting_more:10 conflicting_men:3 conflicting_women:3"
    ),
    "county_general": weighted(
        "stroke:112 brain_bleed:26 craniotomy:12 epilepsy:18 pneumonia:88 child_pneumonia:52 "
        "bronchitis:28 copd:70 ventilated:5 lung_cancer:18 lung_surgery:5 heart_failure:64 infarction:20 "
        "stent:30 pacemaker:5 leadless:2 angina:72 arrhythmia:22 hypertension:34 gi_cancer:18 "
        "nerve_surgery:4 brain_infection:8 parkinson:10 headache:34 nerves:12 head_injury:26 "
        "brain_other:12 chest_surgery:6 embolism:8 tuberculosis:10 asthma:18 pleura:16 interstitial:10 "
        "lung_other:10 ablation:3 limb_artery:3 varicose:8 valve_medical:8 vessels:14 veins:10 "
        "syncope:14 gi_bleed:30 gastritis:52 bowel_surgery:14 polyp:36 appendix:34 hernia:26 "
        "child_hernia:7 joint:14 fracture_surgery:44 fracture:34 back_pain:36 piles:18 scope_stomach:9 "
        "bowel_inflamed:9 reflux:20 piles_medical:6 liver_surgery:4 gallbladder:34 duct_stones:9 "
        "liver_cancer:16 cirrhosis:18 hepatitis:10 pancreatitis:18 biliary:28 liver_other:9 "
        "spine_fusion:4 disc_surgery:9 vertebra_cement:10 knee_scope:6 implant_removal:18 bone_cancer:5 "
        "sprains:12 bone_infection:7 rheumatism:18 osteoporosis:7 joint_other:9 cataract:36 "
        "eye_surgery:7 eye_medical:12 ear_surgery:3 nose_surgery:10 tonsils:12 head_surgery:6 "
        "ear_vertigo:18 upper_airways:46 throat_other:8 head_cancer:4 breast_cancer:8 breast_benign:12 "
        "skin_graft:3 skin_minor:12 skin_cancer:4 sores:6 cellulitis:14 dermatitis:14 lumps:6 "
        "thyroid_surgery:10 diabetic_foot:4 diabetes:60 thyroid:10 gland_cancer:3 nutrition:12 "
        "gland_other:6 kidney_surgery:3 stone_scope:24 bladder_scope:5 fistula:7 lithotripsy:6 "
        "dialysis:12 renal_failure:24 nephritis:10 urinary_cancer:5 urinary_infection:22 stones:22 "
        "urinary_other:9 prostate_surgery:12 circumcision:7 scrotum:7 prostate_cancer:4 men_infection:7 "
        "prostate:10 hysterectomy:8 ovary_surgery:8 fibroid:8 hysteroscopy:10 womb_cancer:5 "
        "pelvic_infection:9 women_other:8 caesarean:20 delivery:22 pregnancy:10 abortion:9 "
        "abortion_medical:5 ectopic:5 puerperium:3 newborn:12 newborn_distress:2 preterm:3 "
        "newborn_critical:1 neutropenia:4 anaemia:16 purpura:7 chemotherapy:44 palliative:6 leukaemia:2 "
        "lymphoma:4 myeloma:4 infection_surgery:3 sepsis:10 wound_infection:5 fever:10 viral:20 "
        "infection_other:6 hiv:2 psychosis:3 mood:8 anxiety:12 dementia:6 alcohol:9 hand_injury:16 "
        "injury_surgery:3 organ_injury:10 poisoning:14 allergy:9 contusion:18 burn_graft:2 burns:8 "
        "polytrauma_limb:3 polytrauma:5 rehabilitation_care:10 follow_up:8 observation:8 outside:16 "
        "conflicting:13 conflicting_more:8 conflicting_men:2 conflicting_women:2"
    ),
    "secondary_general": weighted(
        "stroke:108 brain_bleed:20 epilepsy:16 pneumonia:92 child_pneumonia:40 bronchitis:34 copd:76 "
        "lung_cancer:14 heart_failure:66 infarction:14 angina:84 arrhythmia:22 hypertension:44 "
        "gi_cancer:16 gi_bleed:30 gastritis:60 bowel_surgery:9 polyp:44 appendix:38 hernia:32 "
        "child_hernia:5 joint:10 fracture_surgery:40 fracture:34 back_pain:44 caesarean:18 delivery:18 "
        "pregnancy:10 newborn:8 headache:34 nerves:10 head_injury:18 brain_other:14 asthma:18 pleura:14 "
        "interstitial:8 lung_other:10 varicose:10 vessels:16 veins:12 syncope:14 piles:20 reflux:18 "
        "gallbladder:30 cirrhosis:12 pancreatitis:12 biliary:26 liver_other:8 disc_surgery:8 "
        "vertebra_cement:8 knee_scope:6 implant_removal:18 sprains:12 rheumatism:16 osteoporosis:8 "
        "joint_other:10 cataract:40 eye_surgery:6 eye_medical:8 nose_surgery:8 tonsils:8 ear_vertigo:20 "
        "upper_airways:36 throat_other:8 breast_benign:10 skin_minor:12 cellulitis:12 dermatitis:10 "
        "sores:6 thyroid_surgery:6 diabetes:66 thyroid:8 nutrition:10 stone_scope:18 dialysis:12 "
        "renal_failure:22 nephritis:8 urinary_infection:20 stones:18 urinary_other:8 "
        "prostate_surgery:12 circumcision:6 scrotum:6 men_infection:5 prostate:10 hysterectomy:7 "
        "ovary_surgery:6 fibroid:6 hysteroscopy:9 pelvic_infection:8 women_other:6 abortion:8 anaemia:14 "
        "chemotherapy:24 palliative:8 sepsis:6 fever:6 viral:10 mood:6 anxiety:10 dementia:8 alcohol:7 "
        "hand_injury:14 organ_injury:8 poisoning:6 allergy:6 contusion:16 burns:5 "
        "rehabilitation_care:14 follow_up:6 observation:6 outside:12 conflicting:7 conflicting_more:6"
    ),
    "tcm_hospital": weighted(
        "stroke:150 pneumonia:70 child_pneumonia:30 bronchitis:40 copd:88 heart_failure:48 angina:96 "
        "arrhythmia:20 hypertension:66 gi_bleed:14 gastritis:86 polyp:16 appendix:20 hernia:26 joint:18 "
        "fracture_surgery:38 fracture:66 back_pain:190 gi_cancer:14 lung_cancer:10 headache:46 nerves:30 "
        "parkinson:10 asthma:14 vessels:20 varicose:16 veins:10 piles:52 piles_medical:12 reflux:20 "
        "biliary:20 disc_surgery:10 vertebra_cement:12 knee_scope:8 implant_removal:22 sprains:26 "
        "rheumatism:34 osteoporosis:18 joint_other:40 ear_vertigo:26 upper_airways:16 sores:8 "
        "cellulitis:10 dermatitis:26 skin_minor:8 diabetes:56 stones:12 stone_scope:6 "
        "urinary_infection:12 renal_failure:12 prostate_surgery:5 prostate:8 anxiety:12 anaemia:6 "
        "women_other:8 contusion:14 hand_injury:8 rehabilitation_care:20 outside:12 conflicting:6 "
        "conflicting_more:5"
    ),
    "maternal_child": weighted(
        "caesarean:170 delivery:200 pregnancy:120 newborn:160 newborn_distress:12 preterm:20 "
        "child_pneumonia:190 bronchitis:110 epilepsy:6 miscarriage:6 hysterectomy:20 ovary_surgery:24 "
        "fibroid:26 hysteroscopy:40 pelvic_infection:34 women_other:30 abortion:50 abortion_medical:20 "
        "ectopic:18 puerperium:12 breast_benign:18 lumps:10 womb_cancer_surgery:5 upper_airways:96 "
        "viral:56 purpura:6 newborn_surgery:5 newborn_critical:6 very_preterm:7 tiny_newborn:4 "
        "conflicting_women:3 outside:5"
    ),
    "rehabilitation": weighted(
        "stroke_care:330 back_pain:260 joint_care:130 fracture_care:200 stroke:60 hypertension:20 "
        "rehabilitation_care:260 brain_other:120 joint_other:40"
    ),
    "township": weighted(
        "bronchitis:150 pneumonia:126 child_pneumonia:52 copd:140 hypertension:112 stroke:76 "
        "back_pain:120 gastritis:124 angina:86 heart_failure:38 fracture:46 arrhythmia:10 delivery:3 "
        "hernia:3 appendix:3 headache:60 upper_airways:80 diabetes:66 urinary_infection:24 biliary:26 "
        "stones:12 prostate:8 rheumatism:16 dermatitis:20 cellulitis:14 contusion:26 sprains:10 reflux:16 "
        "ear_vertigo:26 anaemia:6 asthma:12 nutrition:6 alcohol:6 allergy:6 viral:10 outside:14"
    ),
    "community_centre": weighted(
        "hypertension:150 copd:130 stroke_care:120 back_pain:140 angina:110 pneumonia:100 bronchitis:90 "
        "heart_failure:60 gastritis:70 arrhythmia:12 diabetes:110 headache:40 ear_vertigo:24 "
        "urinary_infection:16 osteoporosis:14 brain_other:24 rehabilitation_care:30 vessels:20 "
        "joint_other:20 dementia:8 nutrition:6 outside:12"
    ),
}


def treats(mix: str, family: str) -> bool:
    """Say whether a hospital of this mix has patients of this family."""
    return mix in MIXES and family in MIXES[mix].words
