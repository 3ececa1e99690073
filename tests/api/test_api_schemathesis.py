"""Schemathesis over the whole document, with a key of the account and one of staff, on both kinds of database."""

from typing import Any

import pytest
import schemathesis
from api_caller import Caller, location
from api_served import make_app, owners_key, staff_key
from api_world import STAFFS, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.api.limits import limiter
from app.api.rooms import PREFIX
from app.services.system import System

# Not positive_data_acceptance: what has the right shape may still be refused by a rule, and that is what this is for.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
QUICK, LONG = 3, 60
HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


WRONG = [negative_data_rejection]


def wrong_in_content(case: Any) -> bool:
    """Whether the body or the query was made wrong: key and path are put right by this test itself."""
    if case.media_type == "text/csv":
        return False  # whatever is sent is text: that it is no table is a finding of the import
    made = case.meta.components if case.meta else {}
    told = (ParameterLocation.BODY, ParameterLocation.QUERY)
    return any(made[place].mode is schemathesis.GenerationMode.NEGATIVE for place in told if place in made)


class Sweep:
    """One pass over all operations; what a path names is there in half of the calls."""

    def __init__(self, system: System, examples: int) -> None:
        app = make_app(system)
        self.owner = Caller(app.test_client(), owners_key(system))
        self.staff = Caller(app.test_client(), staff_key(system))
        world = World(self.owner, self.staff, system)
        self.owner.post("/locations", [location(1), location(2)])
        self.there: dict[str, Any] = {
            name: getattr(world, name)() for name in ("number_id", "change_id", "address_id", "file_name", "case_id")
        }
        self.there["hook_id"] = self.owner.post("/webhooks", {"url": "https://hooks.example/1"}, 201)["id"]
        self.there["import_id"] = self.owner.post("/imports", [location(8)], 202)["id"]
        self.app, self.examples = app, examples
        self.called: set[str] = set()

    def run(self) -> None:
        schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", self.app)
        for found in schema.get_all_operations():
            operation = found.ok()
            for mode in MODES:
                self.sweep(operation, mode)

    def sweep(self, operation: Any, mode: Any) -> None:
        staffs = operation.path.removeprefix(PREFIX).startswith(STAFFS)
        right, other = (self.staff, self.owner) if staffs else (self.owner, self.staff)
        quiet = settings(
            max_examples=self.examples, derandomize=True, deadline=None, database=None, suppress_health_check=HEALTH
        )

        @quiet
        @given(case=operation.as_strategy(generation_mode=mode), there=st.booleans(), strange=st.integers(0, 7))
        def call(case: Any, there: bool, strange: int) -> None:
            if there and case.path_parameters:
                for name in case.path_parameters.keys() & self.there.keys():
                    case.path_parameters[name] = self.there[name]
            limiter.reset()
            headers = dict((other if strange == 0 else right).headers)
            case.call_and_validate(headers=headers, checks=[*CHECKS, *(WRONG if wrong_in_content(case) else ())])
            self.called.add(f"{operation.method.upper()} {operation.path}")

        try:
            call()
        except schemathesis.errors.SchemathesisError:
            # Nothing that this operation takes could be wrong: it has neither body nor parameters.
            assert mode is schemathesis.GenerationMode.NEGATIVE
            assert not operation.definition.raw.get("requestBody")


def sweep_all(system: System, examples: int) -> bool:
    """Whether every call that the document promises was made; a fault that is found is raised."""
    sweep = Sweep(system, examples)
    sweep.run()
    document = sweep.app.test_client().get(f"{PREFIX}/openapi.json").get_json()
    promised = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    return sweep.called == promised


def test_nothing_of_the_document_is_broken_and_nothing_answered_that_it_does_not_tell(system: System) -> None:
    assert sweep_all(system, QUICK)


@pytest.mark.long
def test_nothing_is_broken_by_many_more_calls(system: System) -> None:
    assert sweep_all(system, LONG)


def test_no_call_is_answered_without_a_key(lone_system: System) -> None:
    app = make_app(lone_system)
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app)
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=1, derandomize=True, deadline=None, database=None, suppress_health_check=HEALTH)
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            limiter.reset()
            answer = case.call()
            assert answer.status_code == 401
            case.validate_response(answer, checks=[ignored_auth, status_code_conformance, response_schema_conformance])

        call()
