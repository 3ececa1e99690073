"""The agent's refusals in plain words, the field that each is about, and what it says of a port."""

from typing import NamedTuple


class Refusal(NamedTuple):
    """What a code means for the person who must mend it; `field` is a column of the CSV, '' where none is at fault."""

    text: str
    field: str = ""


REFUSALS: dict[str, Refusal] = {
    "0034": Refusal("The agent could not cancel: the cancellation was not valid."),
    "0035": Refusal("The agent could not cancel: the command had been carried out already."),
    "0041": Refusal("The agent says that it has taken the export."),
    "0042": Refusal("The agent says that it has taken the import."),
    "0043": Refusal("The agent says that the port is complete."),
    "0045": Refusal("The agent says that the other provider's import is missing."),
    "0046": Refusal("The agent says that the import is ten days overdue."),
    "0047": Refusal("The agent says that the other provider's export is missing."),
    "0048": Refusal("The agent says that the export is ten days overdue."),
    "0049": Refusal(
        "The export was undone: the other provider sent no import. The number is live here again as it was:"
        " close the case with the reason, or port it out again."
    ),
    "0050": Refusal("The import was undone: the other provider sent no export. The agent holds no record: urgent."),
    "0057": Refusal("The agent says that something in the record is not valid, without saying what."),
    "0101": Refusal("The agent does not know this postcode.", "postcode"),
    "0102": Refusal("The agent finds the address incomplete.", "premises"),
    "0103": Refusal("The agent says that the number is active already, and then that it is not: call them.", "number"),
    "0104": Refusal("The agent says that it has no record, and then that it has one: call them.", "number"),
    "0105": Refusal("The effective date is earlier than that of the record which the agent holds.", "effective_date"),
    "0106": Refusal("The agent found a character that it cannot take."),
}


def refusal(code: str, text_as_it_came: str) -> Refusal:
    """Return a code in plain words; one that is not known is shown as it came."""
    return REFUSALS.get(code) or Refusal(
        f"The agent answered {code}, which we do not know: {text_as_it_came}".strip(": ")
    )
