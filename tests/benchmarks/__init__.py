"""What the house costs over the bare means it stands on, as ratios: `make benchmarks`.

Nothing here is asserted but that both sides of a ratio give the same answer: a figure that depends on the machine is
read, not tested. The aims are in ``measures.py``.
"""
