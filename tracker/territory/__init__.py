"""Contracts, neighbourhoods (QPV), cities, landlords and their residences."""
