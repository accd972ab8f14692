"""What makes reference data sound. Pure: plain values in, French sentences out."""

import re
from collections.abc import Collection

# The contract's code stands in addresses: contracts/{code}/balance-sheets/{year}, /bilan/{code}/{year}.
_CODE = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
# Corsica's communes begin with 2A or 2B (INSEE, code officiel géographique).
_INSEE = re.compile(r"(\d\d|2[AB])\d{3}", re.ASCII)
# QP, department and number until 2023; QN, department, number and a letter in the list of 2024.
_QPV = re.compile(r"QP[0-9AB]{6}|QN[0-9AB]{3}\d\d[0-9A-Z]", re.ASCII)


def contract_code_problem(code: str) -> str | None:
    """Why this cannot be a contract's code, or None."""
    if _CODE.fullmatch(code):
        return None
    return "minuscules sans accent, chiffres et tirets sont attendus, par exemple « quartier-nord »."


def insee_problem(insee: str) -> str | None:
    """Why this cannot be a commune's INSEE code, or None."""
    if _INSEE.fullmatch(insee):
        return None
    return "un code INSEE de cinq caractères est attendu, par exemple 75056 (2A004 en Corse)."


def qpv_problem(code: str) -> str | None:
    """Why this cannot be the official code of a quartier prioritaire, or None."""
    if _QPV.fullmatch(code):
        return None
    return "un code officiel de quartier prioritaire est attendu, par exemple QN09216M ou QP092001."


def years_problem(first_year: int, last_year: int) -> str | None:
    """Why these cannot be a contract's first and last years, or None."""
    if last_year >= first_year:
        return None
    return f"Dernière année : {last_year} trouvé ; une année à partir de {first_year}, la première, est attendue."


def outside(cities: Collection[int], allowed: Collection[int]) -> list[int]:
    """The cities that are not among the allowed ones; a whole that lists no city yet allows any."""
    return [number for number in cities if number not in allowed] if allowed else []
