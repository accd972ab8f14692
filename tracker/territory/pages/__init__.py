"""The pages of reference data."""

from tracker.territory.pages.views import pages

BLUEPRINTS = (pages,)
