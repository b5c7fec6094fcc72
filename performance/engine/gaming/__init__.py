"""Patterns worth a look: pure detectors over counted facts (S3-49, S4-02, S1-29; R01, R13).

Each detector is one function: facts and dated limits in, findings out. None judges anybody: a finding is a
clue (线索) that people look at. Every one asks for a least number of events, for an effect that is large
enough to matter, and for a probability that holds after all places are looked at together.
"""
