"""The measures of ``make benchmarks``: each prints its two sides, their ratio and how many queries ours sent."""

from collections.abc import Callable
from dataclasses import dataclass
from unittest.mock import patch

from tests.benchmarks import balance_sheet, board, declaration, project_list, workbook, workbooks_today
from tests.benchmarks.ground import (
    ACTIONS,
    BOARD,
    HUNDREDTH,
    LARGE,
    NATION,
    ORDINARY,
    PROJECTS,
    SMALL,
    YEAR,
    Ground,
    standing,
)
from tests.benchmarks.timing import Times, interleaved
from tests.counting import count_queries


@dataclass(frozen=True)
class Result:
    """One measure: what was done, both times, and what else is worth knowing of it."""

    name: str
    ours: Times
    bare: Times
    aim: float | None
    notes: list[str]

    @property
    def ratio(self) -> float:
        """How many times the bare means."""
        return self.ours.median / self.bare.median

    def __str__(self) -> str:
        aim = "" if self.aim is None else f", aim {self.aim}, {'met' if self.ratio <= self.aim else 'missed'}"
        lines = [f"{self.name}: {self.ratio:.2f} times the bare means{aim}"]
        lines += [f"  ours {self.ours}", f"  bare {self.bare}", *(f"  {note}" for note in self.notes)]
        return "\n".join(lines)


def projects(ground: Ground, rounds: int) -> Result:
    """The list page of a contract of 10,000 projects."""
    page = project_list.page(ground)
    project_list.same(page)
    with count_queries(ground.app) as sent:
        ours = page.ours()
    times = interleaved({"ours": page.ours, "bare": page.bare}, rounds)
    size, bare_size = (len(html.encode()) // 1000 for html in (ours, page.bare()))
    notes = [f"{len(sent)} queries; {size} kB of HTML against {bare_size} kB, one query"]
    name = f"List page, {project_list.SIZE} of the 10,000 projects of {PROJECTS}, signed in"
    return Result(name, times["ours"], times["bare"], 2, notes)


def _sheet(ground: Ground, code: str, aim: float | None, rounds: int) -> Result:
    with ground.app.app_context():
        sheet = balance_sheet.sheet(ground, code)
        balance_sheet.same(sheet)
        with count_queries(ground.app) as sent:
            totals = sheet.ours().totals
        times = interleaved({"ours": sheet.ours, "bare": sheet.bare}, rounds)
    notes = [f"{len(sent)} queries against {len(balance_sheet.STATEMENTS)}"]
    size = f"{totals.actions:,} actions in {totals.files} files among a million"
    name = f"Balance sheet of {code} {YEAR} with its checks, {size}"
    return Result(name, times["ours"], times["bare"], aim, notes)


def large_sheet(ground: Ground, rounds: int) -> Result:
    """A contract-year of 20,000 actions."""
    return _sheet(ground, ACTIONS, 1.2, rounds)


def nation(ground: Ground, rounds: int) -> Result:
    """The same contract-year among 1,500 contracts and a million actions: by hand, among fifteen, and as today."""
    with (
        standing(ground.file.parent, NATION, "nation") as whole,
        standing(ground.file.parent, HUNDREDTH, "hundredth") as part,
    ):
        large = _sheet(whole, LARGE, 1.2, rounds)
        with whole.app.app_context():
            own = balance_sheet.whole(LARGE)
            ways = workbooks_today.today(own)
            totals = ways.add_up()
            assert totals == {name: getattr(own.totals, name) for name in totals}
            sheet = balance_sheet.sheet(whole, LARGE)
            today = interleaved({"ours": sheet.ours, "today": ways.add_up}, max(3, rounds // 5))
        notes = [str(whole), *large.notes]
        for code in (LARGE, SMALL):
            times = _grown(whole, part, code, rounds)
            ratio = times["among all"].median / times["among few"].median
            met = "met" if ratio <= 1.1 else "missed"
            notes.append(
                f"{code} against itself with a hundredth of the other contracts: {ratio:.2f} times, aim 1.1, {met}"
            )
            notes += [f"  {name} {one}" for name, one in times.items()]
    ratio = today["today"].median / today["ours"].median
    notes.append(
        f"{ways.name} over the {len(ways.files)} landlords' separate workbooks: {ratio:.1f} times as long as ours"
    )
    notes.append(f"  {today['today']}")
    return Result(f"{large.name}, 1,500 contracts x 7 years", large.ours, large.bare, 1.2, notes)


def _grown(whole: Ground, part: Ground, code: str, rounds: int) -> dict[str, Times]:
    """One contract-year in both grounds, turn by turn: each in its own application context."""

    def of(ground: Ground) -> Callable[[], object]:
        def work() -> object:
            with ground.app.app_context():
                return balance_sheet.figures(code)

        return work

    assert of(whole)() == of(part)(), "the two grounds hold the same contract"
    return interleaved({"among all": of(whole), "among few": of(part)}, rounds)


def ordinary_sheet(ground: Ground, rounds: int) -> Result:
    """A contract-year of the size of a real one: what the fixed costs weigh, for information."""
    return _sheet(ground, ORDINARY, None, rounds)


def completeness(ground: Ground, rounds: int) -> Result:
    """The completeness boards of seven years of 1,000 landlords."""
    with ground.app.app_context(), patch.dict("os.environ", TRACKER_TODAY=board.TODAY):
        both = board.boards(ground)
        lines = board.same(both)
        with count_queries(ground.app) as sent:
            both.ours()
        times = interleaved({"ours": both.ours, "bare": both.bare}, rounds)
    years = len(board.YEARS)
    notes = [f"{len(sent) // years} queries a year against one; every lack of every line is the same"]
    name = f"Completeness boards of {BOARD}, {lines // years:,} landlords x {years} years, {lines:,} expected files"
    return Result(name, times["ours"], times["bare"], 2, notes)


def reading(ground: Ground, rounds: int) -> Result:
    """A declaration of 5,000 actions, sent back."""
    with ground.app.app_context():
        ways = declaration.declared(ground)
        cells, _ = declaration.same(ways)
        works = {"ours": ways.ours, "reading": ways.reading, "bare": ways.bare, "fastest": ways.fastest}
        times = interleaved(works, rounds)
    bare, alone, fastest = times["bare"].median, times["reading"].median, times["fastest"].median
    notes = [
        f"{cells:,} cells, {len(ways.content) / 1e6:.2f} MB; read without its checks: {alone / bare:.2f} times",
        f"calamine {times['fastest']}: openpyxl's bare read is {bare / fastest:.0f} times as long",
    ]
    name = f"Declaration of {declaration.SIZE:,} actions read and checked, against openpyxl's bare read of the file"
    return Result(name, times["ours"], times["bare"], 1.5, notes)


def excel(ground: Ground, rounds: int) -> Result:
    """The workbook of a contract-year of 50,000 actions, and the memory that it and one of 5,000 take."""
    with ground.app.app_context():
        sheets = {size: workbook.sheet_of(ACTIONS, size) for size in (5_000, 50_000)}
        peaks = {size: workbook.peak(sheet) for size, sheet in sheets.items()}
        both = workbook.written(sheets[50_000])
        workbook.same(both)
        with count_queries(ground.app) as sent:
            size = len(both.ours())
        times = interleaved({"ours": both.ours, "bare": both.bare}, rounds)
    notes = [f"{both.cells:,} cells, {size / 1e6:.1f} MB; {len(sent)} queries: the rows are read before"]
    notes += [
        f"at most {most / 1e6:.1f} MB of memory for {actions:,} actions, of which the file {own / 1e6:.1f} MB"
        for actions, (most, own) in peaks.items()
    ]
    name = f"Workbook of {ACTIONS} {YEAR}, {both.actions:,} actions"
    return Result(name, times["ours"], times["bare"], 1.2, notes)


# Each with its rounds: the longer the work, the fewer are needed.
MEASURES: dict[str, tuple[Callable[[Ground, int], Result], int]] = {
    "projects": (projects, 15),
    "sheet": (large_sheet, 15),
    "ordinary": (ordinary_sheet, 25),
    "nation": (nation, 15),
    "workbook": (excel, 3),
    "board": (completeness, 15),
    "reading": (reading, 5),
}
