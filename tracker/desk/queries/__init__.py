"""What awaits the reader: tasks of the home page, days of the agenda, lines of the contract's history."""

from tracker.desk.queries.agenda import agenda
from tracker.desk.queries.history import contract_history
from tracker.desk.queries.home import Home, home

__all__ = ["Home", "agenda", "contract_history", "home"]
