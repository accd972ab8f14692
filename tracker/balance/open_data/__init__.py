"""A published edition as open data: tables in CSV, all of them in JSON, and the dictionary that explains their columns.

**What is public, and what is not.** An edition is written for the members of a contract; publishing one does not
publish all it holds. Public: the figures, the actions with what names and measures them, who funded them, how many
residents were heard and when, which files were expected and received. Left out, deliberately:

* names of people (who froze the edition): personal data, of no use to a reader of the figures (CRPA L. 312-1-2);
* what somebody wrote freely (an action's result, what residents said and were answered, the reason of an edition, the
  evaluation): a name may stand in it, and no program can tell;
* next year's programme and the investment plan: they prepare decisions not yet taken (CRPA L. 311-2), and a project's
  estimate is worth money to who will answer its tender;
* other years: each is published by its own edition;
* checks and addresses of files: they speak to those who mend them.

Titles, places, calendars and indicators of actions are public: the page that opens an edition says so beforehand.

CSV as open data wants it: UTF-8, comma, decimal point, ISO dates, empty for unknown. A text that a spreadsheet would
take for a formula gets an apostrophe; JSON keeps it as it is. One declaration of columns makes CSV, JSON and
dictionary.
"""

from tracker.balance.open_data.tables import BY_NAME, TABLES, Table
from tracker.balance.open_data.writing import (
    CSV,
    DICTIONARY,
    JSON,
    dictionary_csv,
    dictionary_json,
    entries,
    sheet_json,
    table_csv,
    tag,
)

__all__ = [
    "BY_NAME",
    "CSV",
    "DICTIONARY",
    "JSON",
    "TABLES",
    "Table",
    "dictionary_csv",
    "dictionary_json",
    "entries",
    "sheet_json",
    "table_csv",
    "tag",
]
