"""The roster of a month, frozen once its pay is computed (practice.md 4, D1); later changes are named."""
