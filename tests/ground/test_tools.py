import pytest

from tests.ground.tools import program


def test_a_missing_tool_skips_the_test_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKER_REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"no-such-program \(package nothing\) is not installed"):
        program("no-such-program", package="nothing")


def test_a_missing_tool_fails_the_test_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program"):
        program("no-such-program", package="nothing")
