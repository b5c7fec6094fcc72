"""Abnormal cases reported by the clinical insurance liaison, answered by the insurance office (S1-54)."""
