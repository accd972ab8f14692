"""Who may do what, on the pure table."""

import pytest

from tracker import policy
from tracker.policy import Actor, Conflict, Forbidden, NotReadable, Role, Scope

HERE = Scope(contract_id=1, city_id=10, landlord_id=100)
OFFICER = Role("finance_officer", 1, city_id=10)
OTHER_OFFICER = Role("finance_officer", 1, city_id=11)
LANDLORD = Role("landlord", 1, landlord_id=100)
OTHER_LANDLORD = Role("landlord", 1, landlord_id=101)
COORDINATOR = Role("coordinator", 1)
FOREIGN = Role("coordinator", 2)
STATE, COPIL, ADMINISTRATOR = Role("state", 1), Role("copil", 1), Role("administrator")


def who(role: Role) -> Actor:
    return Actor(1, "Personne", (role,))


@pytest.mark.parametrize(
    "role, verb, allowed",
    [
        (OFFICER, "edit_project", True),
        (OTHER_OFFICER, "edit_project", False),
        (OTHER_OFFICER, "read_project", True),
        (COORDINATOR, "edit_project", True),
        (FOREIGN, "read_project", False),
        (LANDLORD, "read_project", False),
        (ADMINISTRATOR, "read_project", False),
        (COPIL, "read_project", True),
        (LANDLORD, "edit_file", True),
        (OTHER_LANDLORD, "read_file", False),
        (OFFICER, "read_file", True),
        (OTHER_OFFICER, "read_file", False),
        (OFFICER, "edit_file", False),
        (STATE, "verify_file", True),
        (COPIL, "verify_file", False),
        (STATE, "return_file", False),
        (OFFICER, "return_file", True),
        (OFFICER, "validate_file", False),
        (COORDINATOR, "validate_file", True),
        (LANDLORD, "read_balance", False),
        (LANDLORD, "read_own_balance", True),
        (ADMINISTRATOR, "read_edition", False),
        (COORDINATOR, "freeze_balance", True),
        (STATE, "freeze_balance", False),
        (ADMINISTRATOR, "administer", True),
        (COORDINATOR, "administer", False),
        (FOREIGN, "manage_contract", False),
    ],
)
def test_the_table_of_permissions(role: Role, verb: str, allowed: bool) -> None:
    assert policy.can(who(role), verb, HERE)[0] is allowed


@pytest.mark.parametrize(
    "role, of_landlord, of_city, of_nobody",
    [
        (COORDINATOR, True, True, True),
        (OTHER_OFFICER, True, True, True),
        (STATE, True, True, True),
        (COPIL, True, True, True),
        (LANDLORD, True, False, True),
        (OTHER_LANDLORD, False, False, True),
        (ADMINISTRATOR, False, False, False),
        (FOREIGN, False, False, False),
    ],
)
def test_a_decision_is_told_to_whom_it_names_and_to_those_who_read_the_contract(
    role: Role, of_landlord: bool, of_city: bool, of_nobody: bool
) -> None:
    scopes = (Scope(1, landlord_id=100), Scope(1, city_id=10), Scope(1))
    assert [policy.can(who(role), "read_decision", scope)[0] for scope in scopes] == [of_landlord, of_city, of_nobody]


def test_a_landlord_reaches_the_own_decisions_and_nobodys() -> None:
    assert policy.reach(who(LANDLORD), "read_decision") == [policy.Reach(1, None, 100, False, or_nobodys=True)]
    assert policy.reach(who(STATE), "read_decision") == [policy.Reach(1, None, None, False)]
    holders = policy.holders("read_decision", Scope(1, landlord_id=100))
    assert Role("landlord", 1, landlord_id=100) in holders


def test_one_who_is_told_of_a_decision_is_told_why_it_is_not_written() -> None:
    with pytest.raises(Forbidden):
        policy.require(who(LANDLORD), "record_decision", Scope(1, landlord_id=100))
    with pytest.raises(NotReadable):
        policy.require(who(OTHER_LANDLORD), "record_decision", Scope(1, landlord_id=100))


@pytest.mark.parametrize("role", [OFFICER, STATE, COPIL])
def test_readers_wait_for_the_first_submission(role: Role) -> None:
    draft = Scope(1, 10, 100, open_to_readers=False)
    assert not policy.can(who(role), "read_file", draft)[0]
    assert policy.can(who(role), "read_file", HERE)[0]


@pytest.mark.parametrize("role, verb", [(OFFICER, "verify_file"), (STATE, "verify_file"), (OFFICER, "return_file")])
def test_what_one_may_not_read_yet_is_not_verified_either(role: Role, verb: str) -> None:
    with pytest.raises(NotReadable):
        policy.require(who(role), verb, Scope(1, 10, 100, open_to_readers=False))
    policy.require(who(role), verb, HERE)


def test_a_lock_stops_content_and_says_why() -> None:
    locked = Scope(1, 10, 100, locked_reason="Le bilan est déposé.")
    assert policy.can(who(LANDLORD), "edit_file", locked) == (False, "Le bilan est déposé.")
    assert policy.can(who(OFFICER), "verify_file", locked) == (True, None)
    with pytest.raises(Conflict) as refused:
        policy.require(who(LANDLORD), "edit_file", locked)
    assert refused.value.code == "locked"


def test_not_readable_is_as_if_it_did_not_exist_and_readable_says_who_may() -> None:
    with pytest.raises(NotReadable):
        policy.require(who(OTHER_LANDLORD), "edit_file", HERE)
    with pytest.raises(Forbidden) as refused:
        policy.require(who(OTHER_OFFICER), "edit_project", HERE)
    assert "Finances de la ville" in refused.value.message


def test_reach_agrees_with_can() -> None:
    """What a list opens is what each item opens: every verb, role and scope of a small world."""
    roles = [OFFICER, OTHER_OFFICER, LANDLORD, OTHER_LANDLORD, COORDINATOR, FOREIGN, STATE, COPIL, ADMINISTRATOR]
    scopes = [
        Scope(contract, city, landlord, open_to_readers)
        for contract in (1, 2)
        for city in (10, 11)
        for landlord in (100, 101)
        for open_to_readers in (True, False)
    ]
    for verb in ("read_project", "read_file", "read_convention", "read_balance", "read_meeting"):
        for role in roles:
            for scope in scopes:
                listed = any(
                    (one.contract_id in (None, scope.contract_id))
                    and (one.city_id in (None, scope.city_id))
                    and (one.landlord_id in (None, scope.landlord_id))
                    and (scope.open_to_readers or not one.only_open)
                    for one in policy.reach(who(role), verb)
                )
                assert listed == policy.can(who(role), verb, scope)[0], (verb, role, scope)
