"""What a spreadsheet would run never leaves as it was typed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tracker.workbooks.looks import defused


def test_a_text_that_would_run_stands_behind_an_apostrophe() -> None:
    assert [defused(text) for text in ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1")] == [
        "'=1+1",
        "'+cmd|' /C calc'!A0",
        "'-2+3",
        "'@SUM(A1)",
        "'\t=1",
    ]
    assert [defused(text) for text in ("-3", "+12,5", "-0.5", "Été - hiver", "")] == [
        "-3",
        "+12,5",
        "-0.5",
        "Été - hiver",
        "",
    ]


@given(st.text())
def test_what_comes_out_is_harmless_and_holds_what_was_typed(text: str) -> None:
    out = defused(text)
    assert out in (text, f"'{text}")
    bare = out.lstrip("\t\r\n ")
    assert not bare.startswith(("=", "@"))
    if bare.startswith(("+", "-")):
        assert re.fullmatch(r"[+-]\d+([.,]\d+)?\s*", bare, re.ASCII)
