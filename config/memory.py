"""Garbage collection of a process that has loaded all it serves with."""

import gc

# New objects between two collections. A month of money or of cases makes millions that are plain trees: with
# the interpreter's 700 a fifth of its time went into looking for cycles there are none of.
NEW_OBJECTS = 50_000


def settle() -> None:
    """Leave what is loaded out of every later collection, and collect seldom; once, after loading.

    A full collection over half a million loaded objects holds up what runs for a quarter of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
