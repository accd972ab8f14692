from pathlib import Path

from tests.ground.summary import summary

REPORT = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'


def test_the_closing_line_adds_up_the_reports(tmp_path: Path) -> None:
    one, two = tmp_path / "sqlite.xml", tmp_path / "postgresql.xml"
    one.write_text(REPORT.format(10, 1, 1, 2))
    two.write_text(REPORT.format(5, 0, 0, 0))
    assert summary([one, two]) == "11 passed, 2 failed, 2 skipped"
