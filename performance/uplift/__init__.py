"""Uplifts of pay totals 薪酬总额上浮: how far an institution's total rises with its linked indicators."""
