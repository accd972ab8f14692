"""Funders, schemes, financings, grants with their life cycle, payments and deadlines."""
