"""Letters, annual evaluation, streaks, grades and re-weighting: all of them proposals (S3-31, S2-40)."""
