"""The « only » contract, on graphs that keep it and graphs that break it."""

import pytest
from grimp import ImportGraph
from importlinter.domain.contract import Contract

from tests.ground.contracts import OnlyContract


def contract(modules: list[str], allowed: list[str]) -> Contract:
    return OnlyContract(name="only", session_options={}, contract_options={"modules": modules, "allowed": allowed})


def graph(*imports: tuple[str, str]) -> ImportGraph:
    graph = ImportGraph()
    for module in ("house.funding.rules", "house.tfpb.rules", "house.money", "house.policy"):
        graph.add_module(module)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="import it")
    return graph


@pytest.mark.parametrize("imported", ["decimal", "collections.abc", "house.money"])
def test_the_standard_library_and_what_is_listed_are_allowed(imported: str) -> None:
    check = contract(["house.*.rules"], ["house.money"]).check(graph(("house.funding.rules", imported)), verbose=False)
    assert check.kept


@pytest.mark.parametrize("imported", ["flask", "house.policy", "house.tfpb.rules", "house.money_laundering"])
def test_anything_else_is_refused(imported: str) -> None:
    check = contract(["house.*.rules"], ["house.money"]).check(graph(("house.funding.rules", imported)), verbose=False)
    assert not check.kept
    assert [line["imported"] for line in check.metadata["refused"]] == [imported]


def test_a_door_that_became_a_folder_may_import_its_own_parts_and_nothing_more() -> None:
    split = graph(
        ("house.funding.rules", "house.funding.rules.dates"),
        ("house.funding.rules.dates", "house.funding.rules.rates"),
    )
    only = contract(["house.*.rules"], [])
    assert only.check(split, verbose=False).kept

    split.add_import(
        importer="house.funding.rules.dates", imported="house.funding.models", line_number=1, line_contents="import it"
    )
    assert not only.check(split, verbose=False).kept
