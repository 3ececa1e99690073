"""No import circle anywhere: the modules can be put in an order in which each imports only what came before."""

from graphlib import TopologicalSorter

import grimp
import pytest

FLOORS = ("app", "emergency_export", "validators")


@pytest.mark.parametrize("package", FLOORS)
def test_no_module_imports_what_imports_it(package: str) -> None:
    graph = grimp.build_graph(package, cache_dir=None)
    modules = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    order = list(TopologicalSorter(modules).static_order())
    assert set(order) >= graph.modules
