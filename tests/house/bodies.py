"""What the rows of ``matrix.csv`` send: valid enough that only the permission decides. Words → a body of the world."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from tests import builders as build
from tests.builders import siren
from tests.house.world import NEW_PASSWORD, PASSWORD, World

Body = dict[str, Any]

API: dict[str, Callable[[World], Body]] = {
    "reason": lambda w: {"reason": "Saisi par erreur"},
    "rename": lambda w: {"name": "Nouveau nom"},
    "relabel": lambda w: {"label": "Nouveau libellé"},
    "new_contract": lambda w: {"code": "nouveau", "name": "Nouveau", "first_year": 2024, "last_year": 2030},
    "new_neighbourhood": lambda w: {"contract_id": w["contract"], "name": "Les Saules", "city_ids": [w["city"]]},
    "new_city": lambda w: {"insee": "92999", "name": "Nouvelle"},
    "new_landlord": lambda w: {"siren": siren(77_777), "name": "Habitat Nouveau"},
    "new_residence": lambda w: {
        "landlord_id": w["own_landlord"],
        "city_id": w["city"],
        "neighbourhood_id": w["neighbourhood"],
        "name": "Résidence des Saules",
    },
    "new_objective": lambda w: {"contract_id": w["contract"], "code": "CV-2", "label": "Des abords plus propres"},
    "reobjective": lambda w: {"label": "Apaiser les abords"},
    "new_funder": lambda w: {"code": "nouveau", "name": "Nouveau financeur", "kind": "state"},
    "new_scheme": lambda w: {"code": "nouveau", "name": "Nouveau dispositif", "funder_id": w["funder"]},
    "new_convention": lambda w: {
        "contract_id": w["contract"],
        "landlord_id": w["other_landlord"],
        "city_id": w["city"],
        "first_year": 2027,
        "last_year": 2030,
    },
    "end_convention": lambda w: {"status": "amended"},
    "new_amendment": lambda w: {"subject": "Une résidence de plus"},
    "resubject": lambda w: {"subject": "Deux résidences de plus"},
    "new_project": lambda w: {"contract_id": w["contract"], "city_id": w["city"], "title": "Crèche"},
    "new_project_there": lambda w: {"contract_id": w["contract"], "city_id": w["other_city"], "title": "Crèche"},
    "new_project_elsewhere": lambda w: {"contract_id": w["elsewhere"], "city_id": w["far_city"], "title": "Crèche"},
    "retitle": lambda w: {"title": "Titre corrigé"},
    "move_project": lambda w: {"city_id": w["other_city"]},
    "new_grant": lambda w: {"funder_id": w["spare_funder"], "requested": "1000.00"},
    "rereference": lambda w: {"reference": "REF-2"},
    "agree": lambda w: {"to": "agreed", "on": "2026-11-01"},
    "new_payment": lambda w: {"kind": "advance", "amount": "10.00", "paid_on": "2026-10-01"},
    "repay": lambda w: {"amount": "11.00"},
    "new_cost_item": lambda w: {"label": "Études", "amount_excl_tax": "1000.00"},
    "dearer": lambda w: {"amount_excl_tax": "95000.00"},
    "budget": lambda w: {"planned": "1234.00", "voted": "1200.00"},
    "new_file": lambda w: {
        "convention_id": w["convention"],
        "neighbourhood_id": w["new_neighbourhood"],
        "year": 2026,
    },
    "more_dwellings": lambda w: {"dwellings": 201},
    "new_action": lambda w: {"axis": 2, "title": "Médiation"},
    "new_participation_draft": lambda w: {"stage": "diagnosis", "held_on": "2027-02-01"},
    "new_participation_submitted": lambda w: {"stage": "diagnosis", "held_on": "2026-02-01"},
    "new_participation_returned": lambda w: {"stage": "diagnosis", "held_on": "2030-02-01"},
    "outcome": lambda w: {"outcome": "Bancs ajoutés"},
    "new_baseline": lambda w: {"axis": 1, "item": "Gardiens", "unit": "logements par agent", "outside": "120.00"},
    "reitem": lambda w: {"item": "Nettoyage des caves"},
    "new_carry_over": lambda w: {"amount": "250.00", "decided_on": "2026-06-18", "reason": "Décision du COPIL"},
    "remark": lambda w: {"text": "Facture ?"},
    "remark_on_draft": lambda w: {"text": "Lequel ?", "action_id": w["draft_action"], "field": "location"},
    "answer_submitted": lambda w: {"text": "Jointe", "thread_id": w["submitted_comment"]},
    "revision": lambda w: {"planned_cost": "1500.00", "reason": "Devis reçu"},
    "copy_submitted": lambda w: {"from_file_id": w["submitted"]},
    "submit": lambda w: {"to": "submitted"},
    "verify": lambda w: {"to": "verified"},
    "return": lambda w: {"to": "to_correct", "reason": "Montants à revoir"},
    "validate": lambda w: {"to": "validated"},
    "transmit": lambda w: {"to": "transmitted"},
    "discuss": lambda w: {"to": "discussed", "track": "programme"},
    "validate_programme": lambda w: {"to": "validated", "track": "programme"},
    "new_meeting": lambda w: {"contract_id": w["contract"], "kind": "cotech", "held_on": "2026-12-01"},
    "replace_place": lambda w: {"place": "Mairie"},
    "freeze": lambda w: {"meeting_id": w["spare_meeting"], "reason": "Séance avancée"},
    "remind": lambda w: {"convention_id": w["convention"], "neighbourhood_id": w["neighbourhood"]},
    "remind_all": lambda w: {},
}


def _place(w: World) -> Body:
    return {"place": f"{w['contract']}-{w['city']}", "title": "Crèche", "owner_kind": "city"}


# A form carries French writing, and everything its page has drawn.
FORMS: dict[str, Callable[[World], Body]] = {
    "reason": API["reason"],
    "sign_in": lambda w: {"email": "finance@exemple.fr", "password": PASSWORD},
    "demo": lambda w: {"user_id": w["visitor"]},
    "choose_password": lambda w: {"password": NEW_PASSWORD, "again": NEW_PASSWORD},
    "change_password": lambda w: {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD},
    # One's own account, whoever one is: none of them was changed yet.
    "letters": lambda w: {"version": "1", "mail_reminders": "true"},
    "new_token": lambda w: {"name": "Tableur", "expires_on": "31/12/2026"},
    "new_member": lambda w: {
        "email": "nouvelle@exemple.fr",
        "name": "Nouvelle",
        "role": "copil",
        "contract_id": w["contract"],
    },
    "new_administrator": lambda w: {"email": "nouvelle@exemple.fr", "name": "Nouvelle", "role": "administrator"},
    "rename_member": lambda w: {"email": "membre@exemple.fr", "name": "Camille Mariée"},
    "new_role": lambda w: {"role": "state", "contract_id": w["contract"]},
    "new_contract": API["new_contract"],
    "contract": lambda w: {
        "code": "ici",
        "name": "Contrat renommé",
        "first_year": 2024,
        "last_year": 2030,
        "city_ids": [w["city"], w["other_city"]],
    },
    "new_neighbourhood": API["new_neighbourhood"],
    "neighbourhood": lambda w: {
        "contract_id": w["contract"],
        "name": "Renommé",
        "city_ids": [w["city"], w["other_city"]],
    },
    "new_city": API["new_city"],
    "city": lambda w: {"insee": "92998", "name": "Renommée"},
    "new_landlord": API["new_landlord"],
    "landlord": lambda w: {"siren": siren(88_888), "name": "Habitat Renommé"},
    "new_residence": API["new_residence"],
    "residence": lambda w: API["new_residence"](w) | {"dwellings": "1 250"},
    "new_objective": API["new_objective"],
    "objective": lambda w: API["new_objective"](w) | {"code": "CV-1"},
    "new_funder": API["new_funder"],
    "funder": lambda w: {"code": "fonds-ici", "name": "Renommé", "kind": "state", "public_body": "on"},
    "new_scheme": API["new_scheme"],
    "scheme": lambda w: {"code": "dispositif-ici", "name": "Renommé", "funder_id": w["funder"]},
    "new_project": _place,
    "new_project_there": lambda w: _place(w) | {"place": f"{w['contract']}-{w['other_city']}"},
    "retitle": API["retitle"],
    "list_costs": lambda w: {"cost_excl_tax": "1 250 000,50 €", "self_funding": "10000"},
    "new_grant": lambda w: {"funder_id": w["spare_funder"], "requested": "1 000,00 €", "rate": "80 %"},
    "rereference": API["rereference"],
    "agree": lambda w: {"to": "agreed", "on": "01/11/2026"},
    "new_payment": lambda w: {"kind": "advance", "amount": "10,00", "paid_on": "01/10/2026"},
    "repay": lambda w: {"kind": "instalment", "amount": "11,00 €", "paid_on": "01/03/2026"},
    "new_cost_item": lambda w: {"label": "Études", "amount_excl_tax": "1 000,00 €", "vat_rate": "20 %"},
    "dearer": lambda w: {"label": "Toiture", "amount_excl_tax": "95 000"},
    "budget": lambda w: {"planned": "1 234,00 €", "voted": "1200"},
    "new_file": API["new_file"],
    "more_dwellings": lambda w: {"dwellings": "1 201", "abatement_estimated": "31 000,00 €"},
    "new_action": lambda w: {"axis": "2", "title": "Médiation", "actual_cost": "1 000,00 €"},
    "new_participation_draft": lambda w: {"stage": "diagnosis", "held_on": "01/02/2027"},
    "new_participation_submitted": lambda w: {"stage": "diagnosis", "held_on": "01/02/2026"},
    "new_participation_returned": lambda w: {"stage": "diagnosis", "held_on": "01/02/2030"},
    "outcome": API["outcome"],
    "revision": lambda w: {"planned_cost": "1 500,00 €", "reason": "Devis reçu"},
    "copy_submitted": API["copy_submitted"],
    "submit": API["submit"],
    "verify": API["verify"],
    "return": API["return"],
    "validate": API["validate"],
    "discuss": API["discuss"],
    "new_convention": API["new_convention"],
    "end_convention": API["end_convention"],
    "new_amendment": API["new_amendment"],
    "resubject": API["resubject"],
    "relabel": API["relabel"],
    "freeze": API["freeze"],
    "remind": lambda w: API["remind"](w) | {"contract": w["code"], "year": "2030", "sort": "landlord"},
    "remind_all": lambda w: {"contract": w["code"], "year": "2025"},
    "new_meeting": lambda w: API["new_meeting"](w) | {"held_on": "01/12/2026"},
    "replace_place": API["replace_place"],
}


# Files, sent as a browser does, through either door.
UPLOADS: dict[str, Callable[[World], Body]] = {
    "new_document": lambda w: {"file": (BytesIO(build.pdf()), "facture.pdf"), "title": "Facture"},
}
