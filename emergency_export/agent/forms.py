"""The forms that the agent understands, by the names of their profiles."""

from emergency_export.agent.csv_form import CsvForm
from emergency_export.agent.fixed_form import FixedForm
from emergency_export.agent.form import Form

FORMS: dict[str, Form] = {form.name: form for form in (FixedForm(), CsvForm())}
