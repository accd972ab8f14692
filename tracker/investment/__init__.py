"""Equipment projects: cost items, financing plan, owner's share and its floor, yearly budgets."""
