"""Paying out: bank accounts, lots, files for banks, their answers, vouchers (practice.md 7)."""
