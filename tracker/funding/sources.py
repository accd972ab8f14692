"""« Dispositif ou financeur » as one choice of a workbook: ``scheme:3`` or ``funder:2``."""

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.funding.models import Funder, Scheme


def source_words(schemes: Sequence[Scheme], funders: Sequence[Funder]) -> dict[str, str]:
    """Choice → what the list shows."""
    words = {f"scheme:{one.id}": f"{one.name} ({one.funder.name})" for one in schemes}
    return words | {f"funder:{one.id}": one.name for one in funders}


def source_names(schemes: Sequence[Scheme], funders: Sequence[Funder]) -> dict[str, str]:
    """Other ways of writing one: a scheme's bare name, and the codes; a funder's own name stays the funder's."""
    own = {one.name.lower() for one in funders}
    names = {one.name.lower(): f"scheme:{one.id}" for one in schemes if one.name.lower() not in own}
    names |= {one.code.lower(): f"scheme:{one.id}" for one in schemes}
    return names | {one.code.lower(): f"funder:{one.id}" for one in funders}


def source_columns(grant: Any) -> dict[str, int | None]:
    """The columns of a grant its choice is made of."""
    return {"scheme_id": grant.scheme_id, "funder_id": grant.funder_id}


def source_of(columns: Mapping[str, Any]) -> str:
    """The choice these columns of a grant stand for."""
    scheme = columns["scheme_id"]
    return f"scheme:{scheme}" if scheme else f"funder:{columns['funder_id']}"


def source_ids(code: str) -> dict[str, int | None]:
    """What a choice says to the grant's own schema."""
    kind, _, number = code.partition(":")
    return {"scheme_id": int(number)} if kind == "scheme" else {"scheme_id": None, "funder_id": int(number)}


def to_grant(values: Mapping[str, Any], *, but: Sequence[str] = ()) -> dict[str, Any]:
    """A sheet's values as the grant's own schema names them, without those of ``but``."""
    named = {name: value for name, value in values.items() if name != "source" and name not in but}
    return {**named, **source_ids(values["source"])} if "source" in values else named
