"""The simulated agent: an independent reading of the interface, for rehearsals and tests.

It imports nothing from the rest of the package, so that a mistake there is not repeated here.
"""

from emergency_export.agent.agent import Agent, StepReport
from emergency_export.agent.book import AgentError
from emergency_export.agent.check import RefusalRule

__all__ = ["Agent", "AgentError", "RefusalRule", "StepReport"]
