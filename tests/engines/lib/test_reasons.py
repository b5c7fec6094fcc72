"""What says something as a reason, and what names a document."""

import pytest

from alliance.lib.reasons import numbered, told


@pytest.mark.parametrize(
    ("text", "reason", "number"),
    [
        ("", False, False), ("x", False, False), ("xx", False, False), ("回电", True, False),
        ("7号", True, False), ("〔2〕 7", True, False), ("0000", False, False), ("〔2026〕7号", True, True),
        ("理事会〔2026〕7号", True, True), (" A-12/3 ", True, True), ("〔2026〕", True, False),
        ("①②③④", True, False), ("一、①②③④", True, False), ("〔2026〕①", True, False), ("2026-15", True, True),
        ("2026", True, False), ("ＡＢ２０", True, True), ("１１１１", False, False), ("Ⅳ½¾⑤", True, False),
    ],
)  # fmt: skip
def test_a_reason_says_something_and_a_number_finds_its_document(
    text: str, reason: bool, number: bool
) -> None:
    assert (told(text), numbered(text)) == (reason, number)
