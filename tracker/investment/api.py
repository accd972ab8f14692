"""REST: projects, their cost items, yearly budgets and grants; the contract's investment plan."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import ID, PREFIX, Blueprint, Page, VersionRequired, actor, created, expected_version, one, paged
from tracker.funding.queries import grants_of
from tracker.funding.schemas import ArchivedArgument, GrantSchema
from tracker.history.queries import item_history
from tracker.history.schemas import HistoryLine
from tracker.investment import commands, queries, workbook
from tracker.investment.schemas import (
    BudgetYearSchema,
    CostItemSchema,
    InvestmentPlanSchema,
    PlaceArguments,
    ProjectArguments,
    ProjectSchema,
)
from tracker.policy import NotReadable
from tracker.workbooks.about import MIME, attachment
from tracker.workbooks.commands import receive
from tracker.workbooks.schemas import ImportBatchSchema
from tracker.workbooks.uploads import UPLOAD, uploaded_workbook

blp = Blueprint("projects", __name__, "Plan d’investissement : projets, postes, budgets, subventions")
BLUEPRINTS = (blp,)

PROJECT = f"/projects/<{ID}:project_id>"
YEAR = "int(min=1990,max=2100)"


@blp.route("/projects")
class Projects(MethodView):
    @blp.arguments(ProjectArguments, location="query")
    @blp.response(200, ProjectSchema(many=True))
    def get(self, arguments: dict[str, Any]) -> Sequence[Any]:
        found = queries.projects(actor(), arguments)
        return paged(Page(found.items, found.total), arguments)

    @blp.arguments(ProjectSchema)
    @blp.response(201, ProjectSchema)
    def post(self, values: dict[str, Any]) -> Any:
        project = commands.create_project(actor(), values)
        return created(project, f"{PREFIX}/projects/{project.id}")


def _place(arguments: dict[str, Any]) -> queries.Place:
    return queries.place_to_edit(actor(), arguments["city_id"], arguments.get("contract_id"))


@blp.route("/projects/workbook.xlsx")
@blp.arguments(PlaceArguments, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type=MIME)
def projects_workbook(arguments: dict[str, Any]) -> Response:
    content, name = workbook.blank_workbook(actor(), _place(arguments))
    return Response(content, headers=attachment(name))


@blp.route("/projects/workbook", methods=["POST"])
@blp.arguments(PlaceArguments, location="query")
@blp.doc(**UPLOAD)
@blp.response(201, ImportBatchSchema)
def receive_projects_workbook(arguments: dict[str, Any]) -> Any:
    number = _place(arguments).number
    batch = receive(actor(), workbook.NAME, number, *uploaded_workbook())
    return created(batch, f"{PREFIX}/import-batches/{batch.id}")


@blp.route(PROJECT)
class ProjectItem(MethodView):
    @blp.response(200, ProjectSchema)
    def get(self, project_id: int) -> Any:
        return one(queries.readable_project(actor(), project_id))

    @blp.arguments(ProjectSchema(partial=True))
    @blp.response(200, ProjectSchema)
    def patch(self, values: dict[str, Any], project_id: int) -> Any:
        return one(commands.update_project(actor(), project_id, expected_version(), values))


@blp.route(f"{PROJECT}/archive", methods=["POST"])
@blp.arguments(Reason)
@blp.response(200, ProjectSchema)
def archive_project(values: dict[str, Any], project_id: int) -> Any:
    return one(commands.archive_project(actor(), project_id, expected_version(), values["reason"]))


@blp.route(f"{PROJECT}/history")
@blp.response(200, HistoryLine(many=True))
def project_history(project_id: int) -> Any:
    return item_history("project", queries.readable_project(actor(), project_id).id)


@blp.route(f"{PROJECT}/grants")
class ProjectGrants(MethodView):
    @blp.arguments(ArchivedArgument, location="query")
    @blp.response(200, GrantSchema(many=True))
    def get(self, arguments: dict[str, Any], project_id: int) -> Any:
        project = queries.readable_project(actor(), project_id)
        return grants_of([project.financing_id], archived=arguments["archived"])

    @blp.arguments(GrantSchema)
    @blp.response(201, GrantSchema)
    def post(self, values: dict[str, Any], project_id: int) -> Any:
        grant = commands.add_grant(actor(), project_id, values)
        return created(grant, f"{PREFIX}/grants/{grant.id}")


@blp.route(f"{PROJECT}/cost-items")
class CostItems(MethodView):
    @blp.arguments(ArchivedArgument, location="query")
    @blp.response(200, CostItemSchema(many=True))
    def get(self, arguments: dict[str, Any], project_id: int) -> Any:
        project = queries.readable_project(actor(), project_id)
        return queries.cost_items(project.id, archived=arguments["archived"])

    @blp.arguments(CostItemSchema)
    @blp.response(201, CostItemSchema)
    def post(self, values: dict[str, Any], project_id: int) -> Any:
        item = commands.add_cost_item(actor(), project_id, values)
        return created(item, f"{PREFIX}/cost-items/{item.id}")


@blp.route(f"/cost-items/<{ID}:item_id>")
class CostItemItem(MethodView):
    @blp.response(200, CostItemSchema)
    def get(self, item_id: int) -> Any:
        return one(queries.readable_cost_item(actor(), item_id))

    @blp.arguments(CostItemSchema(partial=True))
    @blp.response(200, CostItemSchema)
    def patch(self, values: dict[str, Any], item_id: int) -> Any:
        return one(commands.update_cost_item(actor(), item_id, expected_version(), values))


@blp.route(f"/cost-items/<{ID}:item_id>/archive", methods=["POST"])
@blp.arguments(Reason)
@blp.response(200, CostItemSchema)
def archive_cost_item(values: dict[str, Any], item_id: int) -> Any:
    return one(commands.archive_cost_item(actor(), item_id, expected_version(), values["reason"]))


@blp.route(f"/cost-items/<{ID}:item_id>/history")
@blp.response(200, HistoryLine(many=True))
def cost_item_history(item_id: int) -> Any:
    return item_history("cost_item", queries.readable_cost_item(actor(), item_id).id)


@blp.route(f"{PROJECT}/budget-years")
@blp.response(200, BudgetYearSchema(many=True))
def budget_years(project_id: int) -> Any:
    return queries.budget_years(queries.readable_project(actor(), project_id).id)


@blp.route(f"{PROJECT}/budget-years/<{YEAR}:year>")
class BudgetYearItem(MethodView):
    @blp.response(200, BudgetYearSchema)
    def get(self, project_id: int, year: int) -> Any:
        budget = queries.budget_year(queries.readable_project(actor(), project_id).id, year)
        if budget is None:
            raise NotReadable
        return one(budget)

    @blp.arguments(BudgetYearSchema)
    @blp.response(200, BudgetYearSchema)
    @blp.alt_response(201, schema=BudgetYearSchema)
    def put(self, values: dict[str, Any], project_id: int, year: int) -> Any:
        creates = request.headers.get("If-None-Match", "").strip() == "*"
        if not creates and "If-Match" not in request.headers:
            raise VersionRequired("If-None-Match: * (pour créer) ou If-Match (pour remplacer) est attendu.")
        version = None if creates else expected_version()
        budget, new = commands.put_budget_year(actor(), project_id, year, version, values)
        if new:
            return created(budget, f"{PREFIX}/projects/{project_id}/budget-years/{year}"), 201
        return one(budget)


@blp.route(f"{PROJECT}/budget-years/<{YEAR}:year>/history")
@blp.response(200, HistoryLine(many=True))
def budget_year_history(project_id: int, year: int) -> Any:
    budget = queries.budget_year(queries.readable_project(actor(), project_id).id, year)
    if budget is None:
        raise NotReadable
    return item_history("budget_year", budget.id)


@blp.route("/contracts/<string:code>/investment-plan")
@blp.response(200, InvestmentPlanSchema)
def investment_plan(code: str) -> Any:
    return queries.investment_plan(actor(), code)
