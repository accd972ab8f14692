"""A contract for import-linter: these modules import nothing but the standard library and what is listed."""

import sys
from collections.abc import Iterable
from typing import Any

from grimp import DetailedImport, ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules


class OnlyContract(Contract):
    """``modules`` (wildcards allowed) import only the standard library, ``allowed`` and each other's own package.

    Only direct imports count: what an allowed module imports is that module's own affair. Import-linter's
    « forbidden » contract would have to list everything else, and forget the dependency added next year.
    """

    type_name = "only"

    modules = fields.SetField(subfield=fields.ModuleExpressionField())
    allowed = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        expressions: Any = self.modules  # the values that take the place of the class's fields
        allowed: Any = self.allowed or ()
        refused: list[DetailedImport] = []
        for module in module_expressions_to_modules(graph, expressions, as_packages=True):
            for imported in graph.find_modules_directly_imported_by(module.name):
                if not self._may_import(module.name, imported, allowed):
                    refused.extend(graph.get_import_details(importer=module.name, imported=imported))
        return ContractCheck(kept=not refused, metadata={"refused": refused})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["refused"]:
            output.print_error(f"{line['importer']} -> {line['imported']} (l. {line['line_number']})", bold=False)

    @staticmethod
    def _may_import(module: str, imported: str, allowed: Iterable[str]) -> bool:
        package = imported.split(".")[0]
        own = module.rpartition(".")[0]
        is_sibling = own.count(".") > 1 and imported.startswith(own + ".")
        inside = any(imported == name or imported.startswith(name + ".") for name in allowed)
        return package in sys.stdlib_module_names or inside or is_sibling or imported.startswith(module + ".")
