"""The figures of several years: their filters, the shape of their JSON."""

import marshmallow as ma

from tracker.api.fields import Id, Schema
from tracker.balance.schemas.sheet import FiguresSchema, ReferenceSchema, RefSchema, YearLineSchema


class YearsArguments(Schema):
    """What the figures are narrowed to."""

    city_id = Id("Ville")
    neighbourhood_id = Id("Quartier")
    landlord_id = Id("Bailleur")


def _narrowed() -> ma.fields.Nested:
    return ma.fields.Nested(RefSchema, dump_only=True, allow_none=True)


class YearsFiltersSchema(Schema):
    """The filters in force, null where there is none."""

    city = _narrowed()
    neighbourhood = _narrowed()
    landlord = _narrowed()


class BalanceYearsSchema(Schema):
    """The figures of each year of a contract and of all of them together; on the latter what counts dwellings is null:
    the same dwellings come back each year."""

    contract = ma.fields.Nested(RefSchema, dump_only=True)
    scope = ma.fields.String(dump_only=True, metadata={"enum": ["all", "own"]})
    filters = ma.fields.Nested(YearsFiltersSchema, dump_only=True)
    by_year = ma.fields.List(ma.fields.Nested(YearLineSchema), dump_only=True)
    cumulated = ma.fields.Nested(FiguresSchema, dump_only=True)
    references = ma.fields.List(ma.fields.Nested(ReferenceSchema), dump_only=True)
