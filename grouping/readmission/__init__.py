"""Readmission, split admission, overlap and down-referral over stored stays (definitions 1, 8, 11)."""
