"""What an empty cell is to the field under it."""

from tracker.api.fields import Choice, Ids, Money, Text
from tracker.workbooks.cells import empty


def test_a_field_that_always_has_a_value_takes_its_default() -> None:
    status = Choice("État", {"planned": "Prévue"}, load_default="planned", allow_none=False)
    assert empty(status) == "planned"
    assert empty(Choice("Nature", {"a": "A"}, load_default="a")) is None  # it may be unknown: nothing is made up
    assert empty(Text("Action", required=True)) is None
    assert empty(Money("Montant")) is None
    assert empty(Ids("Résidences")) == []
