"""Multidisciplinary records 多学科诊疗: one patient, several professions, a plan with its cost (S1-56)."""
