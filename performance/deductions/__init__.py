"""Decided deductions and claw-backs of institutions and departments: charged by two people, taken of pools.

charging  a decided deduction into the books of an open month: the institution owes it
taking    what a pool takes of shares and pots for what is owed
lifting   what an upheld appeal lifts of a deduction
"""
