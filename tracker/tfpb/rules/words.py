"""The stored codes of the room and their French words."""

import re
import unicodedata

# Dépôt, vérification, COPIL: the life of a yearly report (« bilan »).
FILE_STATUSES = {
    "draft": "À produire",
    "submitted": "Déposé",
    "to_correct": "À corriger",
    "verified": "Vérifié",
    "validated": "Validé en COPIL",
    "transmitted": "Transmis",
}
# Only what its landlord has submitted counts in the balance sheet.
COUNTED = ("submitted", "verified", "validated", "transmitted")
OPEN_TO_EDITING = ("draft", "to_correct")
FILE_TONES = {
    "draft": "bad",
    "to_correct": "warn",
    "submitted": "info",
    "verified": "good",
    "validated": "good",
    "transmitted": "good",
}

PROGRAMME_STATUSES = {"proposed": "Proposé", "discussed": "Discuté", "validated": "Validé en COPIL"}
PROGRAMME_TONES = {"proposed": "info", "discussed": "warn", "validated": "good"}

ACTION_STATUSES = {
    "planned": "Prévue",
    "ongoing": "En cours",
    "done": "Réalisée",
    "partial": "Partielle",
    "abandoned": "Abandonnée",
    "postponed": "Reportée",
}
ACTION_TONES = {"done": "good", "ongoing": "info", "partial": "warn", "abandoned": "bad"}

# What was seen on site, and by whom.
OBSERVATIONS = {"seen": "Constaté", "not_seen": "Non constaté"}
OBSERVERS = {"residents": "Les habitants", "walk": "Diagnostic en marchant"}

CONVENTION_STATUSES = {
    "draft": "Brouillon",
    "signing": "En signature",
    "signed": "Signée",
    "amended": "Avenant",
    "expired": "Échue",
    "terminated": "Dénoncée",
}
CONVENTION_TONES = {
    "draft": "warn",
    "signing": "warn",
    "signed": "good",
    "amended": "good",
    "expired": "info",
    "terminated": "bad",
}

# The four moments where the contract's annex wants residents heard.
STAGES = {
    "diagnosis": "Diagnostic",
    "definition": "Définition des actions",
    "midway": "Étape intermédiaire",
    "report": "Bilan annuel",
}

PRIORITIES = {
    "health": "Santé",
    "digital_divide": "Fracture numérique",
    "ecological_transition": "Transition écologique",
    "social_ties": "Lien social",
    "employment": "Insertion socioprofessionnelle",
    "residential_peace": "Tranquillité résidentielle",
    "living_environment": "Cadre de vie",
    "ageing": "Vieillissement des habitants",
}

# The national framework (29/04/2015, rider of 30/09/2021) counts eight axes; their labels are rows of ``axis``.
AXIS_NUMBERS = {number: f"Axe {number}" for number in range(1, 9)}

AMOUNT_LABELS = {
    "planned_cost": "Dépense prévisionnelle",
    "planned_valued": "Valorisation prévue",
    "actual_cost": "Dépense réalisée",
    "landlord_share": "Financement bailleur",
    "other_funding": "Autre financement",
    "valued_amount": "Dépense valorisée TFPB",
}
# What each action must know for its file to be submitted; 0 is a value.
ACTION_REQUIRED = ("planned_cost", "actual_cost", "landlord_share", "valued_amount")
PLANNED_FIELDS = ("planned_cost", "planned_valued")


def inside(word: str) -> str:
    """A word as it reads inside a sentence: « Validé en COPIL » → « validé en COPIL »."""
    return word[0].lower() + word[1:]


def wording(text: str) -> str:
    """A label as two people may type it: neither case, accents, punctuation nor spaces tell two of them apart."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))
