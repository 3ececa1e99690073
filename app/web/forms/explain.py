"""A file to be explained: uploaded or pasted, with its kind where it does not tell by itself."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovTextArea
from wtforms import SelectField, TextAreaField

from app.web.forms.fields import choices

KINDS = (
    ("", "Work it out"),
    ("DAT", "DAT: changes or a full file, sent to the agent"),
    ("FCO", "FCO: the agent's answer for a file"),
    ("CAR", "CAR: the agent's answers for records"),
    ("EXT", "EXT: an extract of what the agent holds"),
)
NEITHER = "Choose a file, or paste its text"
BOTH = "There is a file and pasted text: give one of the two"


class ExplainForm(FlaskForm):
    """The file or the text of it; what it is; the format to read it by."""

    file = FileField("File", widget=GovFileInput(), description="DAT, FCO, CAR or EXT, of at most 16 MB")
    text = TextAreaField(
        "Or paste its text",
        widget=GovTextArea(),
        description="Line ends of pasted text are not judged: the browser has changed them",
        render_kw={"rows": 6, "spellcheck": "false", "autocomplete": "off", "class": "eld-mono"},
    )
    kind = SelectField("What it is", choices=choices(KINDS), default="", widget=GovSelect())
    profile = SelectField("Format", widget=GovSelect())

    def content(self, line_ending: str) -> tuple[bytes, str | None] | None:
        """Return the bytes and the file's name, or None where neither or both were given: then an error says so."""
        upload = self.file.data
        content = upload.read() if upload else b""
        text = str(self.text.data or "")
        if upload and text.strip():
            self.text.errors = [BOTH]
            return None
        if upload:
            return content, str(upload.filename or "") or None
        if not text:
            self.file.errors = [NEITHER]
            return None
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
        return "".join(line + line_ending for line in lines).encode("utf-8", "replace"), None
