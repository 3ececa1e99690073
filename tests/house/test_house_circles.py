"""No import circle anywhere: modules, and the rooms of the services, import only what came before them."""

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


def test_no_room_of_the_services_imports_what_imports_it() -> None:
    graph = grimp.build_graph("app", cache_dir=None)
    rooms = {room for room in graph.find_children("app.services") if graph.find_children(room)}
    inside = {room: {room} | graph.find_descendants(room) for room in rooms}
    home = {module: room for room, modules in inside.items() for module in modules}
    imports = {
        room: {
            home[imported]
            for module in modules
            for imported in graph.find_modules_directly_imported_by(module)
            if imported in home
        }
        - {room}
        for room, modules in inside.items()
    }
    assert set(TopologicalSorter(imports).static_order()) == rooms
