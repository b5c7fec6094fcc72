"""A refusal keeps its reason, words and parameters on its way out of another process."""

import pickle

from alliance.lib.refusal import Refused


class Full(Refused):
    reasons = {"full": "%(room)s is full."}


def test_a_refusal_arrives_as_it_left() -> None:
    sent = Full("full", room="A01")
    come = pickle.loads(pickle.dumps(sent))
    assert (type(come), come.reason, come.params, str(come)) == (
        Full,
        "full",
        {"room": "A01"},
        "A01 is full.",
    )
