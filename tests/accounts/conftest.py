"""A cheap Argon2 for the tests of this room: what is tested is when it runs, not what it costs."""

import pytest
from argon2 import PasswordHasher

from tracker.accounts.commands import passwords

PASSWORD = "Un-mot de passe 92"


@pytest.fixture(autouse=True)
def _cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
