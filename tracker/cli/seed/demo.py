"""The fictitious figures of ``seeds/demo/``: loaded whole, once, into a database nobody has worked in yet."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.accounts import queries as accounts
from tracker.accounts.commands.users import add_member
from tracker.accounts.schemas import MemberSchema
from tracker.balance.commands import (
    create_meeting,
    freeze_edition,
    record_decision,
    update_decision,
    write_evaluation,
)
from tracker.balance.schemas import DecisionSchema, DoneSchema, MeetingSchema
from tracker.cli.seed.loading import SEEDS, Seeding, read_csv, read_json, without
from tracker.cli.seed.reference import load_landlords, project_mark
from tracker.documents.commands import attach
from tracker.documents.reading import Upload
from tracker.documents.schemas import NewDocumentSchema
from tracker.extensions import db
from tracker.funding import commands as funding
from tracker.funding.schemas import GrantSchema, PaymentSchema
from tracker.history.commands import fetch
from tracker.history.models import HistoryEntry
from tracker.investment import commands as investment
from tracker.investment.schemas import BudgetYearSchema, CostItemSchema, ProjectSchema
from tracker.policy import SYSTEM, Actor, Conflict
from tracker.territory.commands import create_residence
from tracker.territory.schemas import ResidenceSchema
from tracker.tfpb.commands import actions, amendments, baseline, comments, conventions, files, participation
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.queries.choices import objectives_of, residences_of
from tracker.tfpb.schemas import (
    ActionSchema,
    AmendmentSchema,
    BaselineSchema,
    CommentBody,
    ConventionSchema,
    FileMove,
    ParticipationSchema,
    TfpbFileSchema,
)

MARK = "demo"
YEARS = (2025, 2026, 2027)
# When in the day a replayed edition is said to have been frozen (UTC): a COPIL meets in the afternoon.
AFTERNOON = time(15)
# The day the demo's story is told on, whatever the day it is loaded on.
TOLD_ON = date(2026, 11, 20)

# What happened, to be replayed: the day, then the moves of that day before its editions, then how.
Event = tuple[date, int, Callable[[], object]]


def load(seeding: Seeding) -> None:
    """Load ``seeds/demo/`` unless it was; raises Conflict where somebody already works. Call it in a Writing."""
    if seeding.has(MARK):
        return
    if db.session.scalar(select(HistoryEntry.id).where(HistoryEntry.source != SYSTEM.source).limit(1)) is not None:
        raise Conflict(
            "locked", "des personnes ont déjà travaillé dans cette base : les données fictives n’y entrent pas."
        )
    load_landlords(seeding, "demo/landlords.csv")
    demo = Demo(seeding)
    demo.load_residences()
    demo.load_users()
    events = list(demo.load_projects())
    demo.load_conventions()
    demo.load_meetings()
    events += [event for year in YEARS for event in demo.load_files(year)]
    events += [*demo.editions(), *demo.decisions()]
    for _day, _rank, play in sorted(events, key=lambda event: event[:2]):
        play()


class Demo:
    """One load: who writes, and the numbers of what was written."""

    def __init__(self, seeding: Seeding) -> None:
        self.seeding = seeding
        self.actor = seeding.actor(MARK)
        self._users: dict[str, int] = {}
        self._conventions: dict[tuple[str, ...], int] = {}
        self._meetings: dict[tuple[str, ...], int] = {}
        self._files: dict[tuple[Any, ...], int] = {}
        self._editions: dict[tuple[Any, ...], int] = {}

    def _place(self, line: Mapping[str, Any]) -> dict[str, int]:
        """The numbers of the contract, city, landlord and neighbourhood a line names, as far as it names them."""
        marks = {
            "contract_id": ("contract", "contract {contract}"),
            "city_id": ("insee", "city {insee}"),
            "landlord_id": ("landlord_siren", "landlord {landlord_siren}"),
            "neighbourhood_id": ("neighbourhood", "neighbourhood {contract} {neighbourhood}"),
        }
        return {
            field: self.seeding.number(mark.format_map(line)) for field, (name, mark) in marks.items() if name in line
        }

    def _told(self, *names: Any) -> None:
        """Name what is at hand, for the message of a refusal, and count it."""
        self.seeding.begin(f"{MARK} {' '.join(str(name) for name in names)}")
        self.seeding.created += 1

    # -- territory, people, meetings -------------------------------------------------------------------------------

    def load_residences(self) -> None:
        """The landlords' residences."""
        for line in read_csv("demo/residences.csv"):
            self._told("residence", line["name"])
            place = self._place(line)
            own = without(line, "contract", "landlord_siren", "insee", "neighbourhood") | place
            create_residence(self.actor, ResidenceSchema().read(without(own, "contract_id")))

    def load_users(self) -> None:
        """One account for each role and city, entered by one click, without any password."""
        for user in read_json("demo/users.json"):
            self._told("user", user["email"])
            who = without(user, "memberships")
            for membership in user["memberships"]:
                values = MemberSchema().read({**who, "role": membership["role"], **self._place(membership)})
                self._users[user["email"]] = add_member(self.actor, values, is_demo=True).id

    def _as(self, email: str) -> Actor:
        """The demo user, with the roles that say what may be done, writing from the command line."""
        user = accounts.user_by_id(self._users[email])
        if user is None:
            raise LookupError(email)
        return replace(accounts.actor_of(user, SYSTEM.source), source_ref=self.actor.source_ref)

    def _landlord(self, siren: str) -> Actor:
        """The first account of a landlord."""
        users = read_json("demo/users.json")
        return self._as(
            next(
                user["email"]
                for user in users
                if any(one.get("landlord_siren") == siren for one in user["memberships"])
            )
        )

    def load_meetings(self) -> None:
        """The meetings, past and to come."""
        for line in read_csv("demo/meetings.csv"):
            self._told("meeting", line["kind"], line["held_on"])
            values = MeetingSchema().read(without(line, "contract") | self._place(line))
            self._meetings[line["contract"], line["kind"], line["held_on"]] = create_meeting(self.actor, values).id

    # -- investment ------------------------------------------------------------------------------------------------

    def load_projects(self) -> Iterator[Event]:
        """The costs and budgets of the seeded projects; their grants and payments are given back to be replayed."""
        for line in read_json("demo/projects.json"):
            mark = project_mark(line)
            number = self.seeding.number(mark)
            self._told(mark)
            own = without(line, "contract", "insee", "position", "cost_items", "grants", "budget_years")
            investment.update_project(self.actor, number, None, ProjectSchema().read(own, partial=True))
            for item in line.get("cost_items", ()):
                self._told(mark, item["label"])
                investment.add_cost_item(self.actor, number, CostItemSchema().read(item))
            for grant in line["grants"]:
                yield from self._grant_events((mark, "grant", grant.get("reference")), number, grant)
            for budget in line.get("budget_years", ()):
                self._told(mark, "budget", budget["year"])
                values = BudgetYearSchema().read(without(budget, "year"))
                investment.put_budget_year(self.actor, number, budget["year"], None, values)

    def _grant_events(self, named: tuple[Any, ...], project_id: int, grant: dict[str, Any]) -> Iterator[Event]:
        """A grant on the day of its award, else of its filing, and each payment on its own: an edition counts neither
        ahead of its day. A grant that bears no day was always there.
        """
        known_on = date.fromisoformat(grant.get("awarded_on") or grant.get("filed_on") or "2024-01-01")
        recorded: list[int] = []

        def award() -> None:
            self._told(*named)
            add = partial(investment.add_grant, self.actor, project_id)
            recorded.append(self._load_grant(without(grant, "payments"), add))

        yield known_on, 0, award
        for payment in grant.get("payments", ()):
            day = max(known_on, date.fromisoformat(payment["paid_on"]))
            yield day, 0, partial(self._pay, recorded, payment)

    def _pay(self, recorded: Sequence[int], payment: dict[str, Any]) -> None:
        (number,) = recorded
        funding.add_payment(self.actor, number, PaymentSchema().read(payment))

    def _load_grant(self, grant: dict[str, Any], add: Callable[[dict[str, Any]], Any]) -> int:
        own = without(grant, "scheme", "funder", "payments", "archived_reason")
        sources = {
            f"{name}_id": self.seeding.number(f"{name} {grant[name]}") for name in ("scheme", "funder") if name in grant
        }
        number: int = add(GrantSchema().read(own | sources)).id
        for payment in grant.get("payments", ()):
            funding.add_payment(self.actor, number, PaymentSchema().read(payment))
        if "archived_reason" in grant:
            funding.archive_grant(self.actor, number, None, grant["archived_reason"])
        return number

    # -- TFPB ------------------------------------------------------------------------------------------------------

    def load_conventions(self) -> None:
        """The landlords' conventions with their amendments; nobody signs ahead of the day the demo is told on."""
        with _today_is(max(clock.today(), TOLD_ON)):
            for line in read_csv("demo/conventions.csv"):
                self._told("convention", line["landlord_siren"], line["insee"])
                own = without(line, "contract", "landlord_siren", "insee")
                convention = conventions.create_convention(self.actor, ConventionSchema().read(own | self._place(line)))
                self._conventions[_parties(line)] = convention.id
            for line in read_csv("demo/amendments.csv"):
                self._told("amendment", line["landlord_siren"], line["insee"], line["subject"])
                own = without(line, "contract", "landlord_siren", "insee")
                amendments.add_amendment(self.actor, self._conventions[_parties(line)], AmendmentSchema().read(own))

    def load_files(self, year: int) -> Iterator[Event]:
        """Open the files of a year with what they hold; what then happened to them is given back to be replayed."""
        for line in read_json(f"demo/tfpb_files_{year}.json"):
            named = ("file", line["landlord_siren"], line["insee"], year)
            self._told(*named)
            place = {
                "convention_id": self._conventions[_parties(line)],
                "neighbourhood_id": self._place(line)["neighbourhood_id"],
            }
            place_names = ("contract", "landlord_siren", "insee", "neighbourhood")
            held = ("actions", "participation", "baseline", "transitions", "comments")
            file = files.open_file(self.actor, TfpbFileSchema().read(without(line, *place_names, *held) | place))
            self._files[_file(line)] = file.id
            for action in line["actions"]:
                self._told(*named, action["title"])
                number = self._load_action(file, action)
                self._load_documents("tfpb_action", number, line, action["title"])
            self._load_documents("tfpb_file", file.id, line, None)
            for moment in line.get("participation", ()):
                self._told(*named, moment["held_on"])
                participation.add_participation(self.actor, file.id, ParticipationSchema().read(moment))
            for reference in line.get("baseline", ()):
                self._told(*named, reference["item"])
                baseline.add_baseline(self.actor, file.id, BaselineSchema().read(reference))
            for move in line.get("transitions", ()):
                yield date.fromisoformat(move["on"]), 0, partial(self._move, named, file.id, move)
            for thread in line.get("comments", ()):
                yield date.fromisoformat(thread["on"]), 1, partial(self._talk, named, file.id, thread)

    def _load_action(self, file: TfpbFile, action: dict[str, Any]) -> int:
        residences = {one.name: one.id for one in residences_of(file)}
        objectives = {one.code: one.id for one in objectives_of(file)}
        own = without(action, "grants", "residences", "objective")
        if "residences" in action:
            own["residence_ids"] = [residences[name] for name in action["residences"]]
        if "objective" in action:
            own["objective_id"] = objectives[action["objective"]]
        number = actions.add_action(self.actor, file.id, ActionSchema().read(own)).id
        for grant in action.get("grants", ()):
            self._load_grant(grant, partial(actions.add_grant, self.actor, number))
        return number

    def _load_documents(self, item_type: str, number: int, line: Mapping[str, Any], action: str | None) -> None:
        """What is attached to a file (no ``action``) or to its action of this title, by its landlord's own account."""
        for place in read_json("demo/documents.json"):
            if place["action"] != action or any(
                place[name] != line[name] for name in ("landlord_siren", "insee", "year")
            ):
                continue
            for document in place["documents"]:
                self._told("document", document["file"])
                upload = Upload(document["file"], (SEEDS / "demo" / "documents" / document["file"]).read_bytes())
                values = NewDocumentSchema().read(without(document, "file"))
                attach(self._landlord(line["landlord_siren"]), item_type, number, [upload], values)

    def _move(self, named: tuple[Any, ...], file_id: int, move: dict[str, Any]) -> None:
        self._told(*named, move["to"])
        files.move_file(self._as(move["by"]), file_id, None, FileMove().read(without(move, "by")))

    def _talk(self, named: tuple[Any, ...], file_id: int, thread: dict[str, Any]) -> None:
        self._told(*named, thread["text"][:40])
        titles = {action.title: action.id for action in files.live_actions(fetch(TfpbFile, file_id))}
        pin = {"action_id": titles[thread["action"]]} if "action" in thread else {}
        first = without(thread, "on", "by", "action", "replies", "resolved_by") | pin
        number = comments.add_comment(self._as(thread["by"]), file_id, CommentBody().read(first)).id
        for reply in thread.get("replies", ()):
            body = CommentBody().read({"text": reply["text"], "thread_id": number})
            comments.add_comment(self._as(reply["by"]), file_id, body)
        if "resolved_by" in thread:
            comments.resolve_comment(self._as(thread["resolved_by"]), number, None)

    # -- editions --------------------------------------------------------------------------------------------------

    def editions(self) -> Iterator[Event]:
        """The editions to freeze, each on the day of its meeting."""
        for line in read_json("demo/editions.json"):
            day = date.fromisoformat(line["meeting"]["held_on"])
            yield day, 1, partial(self._freeze, line, day)

    def _freeze(self, line: dict[str, Any], day: date) -> None:
        self._told("edition", line["contract"], line["year"])
        meeting_id = self._meetings[line["contract"], line["meeting"]["kind"], line["meeting"]["held_on"]]
        at = datetime.combine(day, AFTERNOON)
        with _today_is(day):
            write_evaluation(self._as(line["by"]), line["contract"], line["year"], None, line["evaluation"])
            edition = freeze_edition(
                self._as(line["by"]), line["contract"], line["year"], meeting_id, line.get("reason"), at=at
            )
        self._editions[line["contract"], line["year"], edition.number] = edition.id

    # -- decisions -------------------------------------------------------------------------------------------------

    def decisions(self) -> Iterator[Event]:
        """What the meetings decided, each on its day after its editions; and the day some of it was done."""
        for line in read_json("demo/decisions.json"):
            day = date.fromisoformat(line["meeting"]["held_on"])
            recorded: list[int] = []
            yield day, 2, partial(self._decide, line, day, recorded)
            if "done_on" in line:
                done_on = date.fromisoformat(line["done_on"])
                yield done_on, 3, partial(self._done, line, done_on, recorded)

    def _decide(self, line: dict[str, Any], day: date, recorded: list[int]) -> None:
        self._told("decision", line["kind"], line["subject"][:40])
        told = {name: line[name] for name in ("kind", "subject", "amount", "due_on") if name in line}
        names = self._place(without(line, "contract"))
        if "file" in line:
            names["file_id"] = self._files[_file(line | line["file"])]
        if "edition" in line:
            names["edition_id"] = self._editions[line["contract"], line["year"], line["edition"]]
        meeting_id = self._meetings[line["contract"], line["meeting"]["kind"], line["meeting"]["held_on"]]
        with _today_is(day):
            decision = record_decision(self._as(line["by"]), meeting_id, DecisionSchema().read(told | names))
        recorded.append(decision.id)

    def _done(self, line: dict[str, Any], day: date, recorded: list[int]) -> None:
        self._told("decision", line["kind"], "done")
        values = DoneSchema().read({"done_on": line["done_on"]})
        with _today_is(day):
            update_decision(self._as(line["by"]), recorded[0], None, values)


def _file(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return *_parties(line), line["neighbourhood"], line["year"]


def _parties(line: Mapping[str, Any]) -> tuple[str, ...]:
    return line["contract"], line["landlord_siren"], line["insee"]


@contextmanager
def _today_is(day: date) -> Iterator[None]:
    """What was late on that day is what the edition says, whatever the day the demo is loaded on."""
    before = os.environ.get("TRACKER_TODAY")
    os.environ["TRACKER_TODAY"] = day.isoformat()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TRACKER_TODAY"]
        else:
            os.environ["TRACKER_TODAY"] = before
