"""Passwords, roles and slow guessing: pure functions on plain values."""

import re
import unicodedata
from datetime import timedelta
from urllib.parse import urlsplit

# CNIL, délibération n° 2022-100 du 21 juillet 2022: 80 bits for a password alone, reached by any of these three.
FOUR_CLASSES_LENGTH = 12
THREE_CLASSES_LENGTH = 14
PASSPHRASE_WORDS = 7
# Long enough for any passphrase, short enough not to make hashing a load.
PASSWORD_MAX_LENGTH = 200

# The same deliberation asks for slowed guessing; counted per account and per address.
MAX_FAILURES_PER_EMAIL = 5
MAX_FAILURES_PER_ADDRESS = 20
FAILURE_WINDOW = timedelta(minutes=15)

LINK_LIFE = timedelta(days=3)

CLASSES = ("minuscules", "majuscules", "chiffres", "caractères spéciaux")

_EMAIL = re.compile(r"[^@\s<>()\[\],;:\\\"]+@[^@\s<>()\[\],;:\\\"]+\.[^@\s.<>()\[\],;:\\\"]+")

CONTRACT, CITY, LANDLORD = "contract_id", "city_id", "landlord_id"
# Which part of the world each role asks for.
SCOPE_OF_ROLE: dict[str, tuple[str, ...]] = {
    "administrator": (),
    "coordinator": (CONTRACT,),
    "finance_officer": (CONTRACT, CITY),
    "landlord": (CONTRACT, LANDLORD),
    "state": (CONTRACT,),
    "copil": (CONTRACT,),
}
SCOPE_LABELS = {CONTRACT: "Contrat", CITY: "Commune", LANDLORD: "Bailleur"}


def normal_email(email: str) -> str:
    """An e-mail address as it is kept and looked for: NFC, lower case, no space around."""
    return unicodedata.normalize("NFC", email.strip().lower())


def email_problem(email: str) -> str | None:
    """Why this cannot be an e-mail address, or None."""
    if _EMAIL.fullmatch(email):
        return None
    return "une adresse électronique est attendue, par exemple prenom.nom@ville.fr."


def normal_password(password: str) -> str:
    """A password as it is hashed: « é » typed on two keyboards is the same letter, spaces around do not count."""
    return unicodedata.normalize("NFC", password.strip())


def character_classes(password: str) -> list[str]:
    """Which of the four classes stand in it, in French, in a fixed order."""
    found = {
        "minuscules": any(char.islower() for char in password),
        "majuscules": any(char.isupper() for char in password),
        "chiffres": any(char.isdigit() for char in password),
        "caractères spéciaux": any(not char.isalnum() and not char.isspace() for char in password),
    }
    return [name for name in CLASSES if found[name]]


def count_words(password: str) -> int:
    """How many different words of two letters or more it holds."""
    return len(set(re.findall(r"[^\W\d_]{2,}", password.casefold())))


def password_problem(password: str) -> str | None:
    """What a password lacks under the CNIL's recommendation, or None when it is strong enough."""
    password = normal_password(password)
    length = len(password)
    if length > PASSWORD_MAX_LENGTH:
        return f"Le mot de passe compte {length} caractères : {PASSWORD_MAX_LENGTH} au plus sont attendus."
    classes = character_classes(password)
    strong = (
        (length >= FOUR_CLASSES_LENGTH and len(classes) == 4)
        or (length >= THREE_CLASSES_LENGTH and len(classes) >= 3)
        or count_words(password) >= PASSPHRASE_WORDS
    )
    if strong:
        return None
    found = f"{length} caractères" + (f" ({', '.join(classes)})" if classes else "")
    missing = [name for name in CLASSES if name not in classes]
    if length >= FOUR_CLASSES_LENGTH and len(classes) == 3:
        what = f"ajoutez des {missing[0]}, ou allez jusqu’à {THREE_CLASSES_LENGTH} caractères"
    else:
        what = (
            f"il en faut {FOUR_CLASSES_LENGTH} avec minuscules, majuscules, chiffres et caractères spéciaux, "
            f"ou {THREE_CLASSES_LENGTH} avec trois de ces quatre sortes, "
            f"ou une phrase d’au moins {PASSPHRASE_WORDS} mots différents"
        )
    return f"Le mot de passe compte {found} : {what}."


def scope_problems(role: str, given: dict[str, int | None]) -> dict[str, tuple[str, str]]:
    """What is missing from, or too much in, a membership of this role: field → (code, French sentence)."""
    wanted = SCOPE_OF_ROLE[role]
    problems = {}
    for field, label in SCOPE_LABELS.items():
        if field in wanted and given.get(field) is None:
            problems[field] = ("required", f"{label} : une valeur est attendue pour ce rôle.")
        elif field not in wanted and given.get(field) is not None:
            problems[field] = ("invalid", f"{label} : ce rôle n’en demande pas ; laissez ce champ vide.")
    return problems


def must_wait(email_failures: int, address_failures: int) -> bool:
    """Whether the next sign-in is refused without looking at the password."""
    return email_failures >= MAX_FAILURES_PER_EMAIL or address_failures >= MAX_FAILURES_PER_ADDRESS


def is_local_path(address: str | None) -> bool:
    """Whether a ``next`` leads to a page of ours: browsers read ``//host`` and ``/\\host`` as another site."""
    if not address or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return False
    if any(char < " " or char == "\x7f" for char in address):
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc
