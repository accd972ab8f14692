"""The balance sheet as a workbook that is handed out and audited, written from one ``BalanceSheet`` alone."""

from tracker.balance.workbook.book import TITLE, balance_workbook
from tracker.balance.workbook.files import (
    FILE_WORD,
    about_edition,
    about_live,
    edition_file,
    edition_file_name,
    live_file,
    live_file_of,
)

__all__ = [
    "FILE_WORD",
    "TITLE",
    "about_edition",
    "about_live",
    "balance_workbook",
    "edition_file",
    "edition_file_name",
    "live_file",
    "live_file_of",
]
