"""The simulated agent: an independent reading of the interface, for rehearsals and tests.

It imports nothing from the rest of the package, so that a mistake there is not repeated here.
"""

from emergency_export.agent.agent import Agent
from emergency_export.agent.book import AgentError
from emergency_export.agent.check import RefusalRule
from emergency_export.agent.exchange import Exchange, ExchangeDownError
from emergency_export.agent.faults import Faults
from emergency_export.agent.ports import PortRule
from emergency_export.agent.report import StepReport

__all__ = ["Agent", "AgentError", "Exchange", "ExchangeDownError", "Faults", "PortRule", "RefusalRule", "StepReport"]
