"""Responsibility letters for the fund 医保基金使用责任书: text, rounds, signatures (S1-62)."""
