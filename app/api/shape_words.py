"""What is said of a value of another shape: the field, what is wrong with it, and what is taken."""

UNKNOWN_FIELD, WRONG_SHAPE = "J01", "J02"
WORDS = {
    "Missing data for required field.": "{field} is missing: it is needed.",
    "Field may not be null.": "{field} cannot be null: leave it out instead.",
    "Not a valid boolean.": "{field} must be true or false, without quotation marks.",
    "Not a valid date.": "{field} must be a date, written as 2027-03-31.",
    "Not a valid list.": "{field} must be a list, in square brackets.",
    "Not a valid mapping type.": "{field} must be an object, in curly brackets.",
    "Not a valid integer.": "{field} must be a whole number.",
    "Not a valid string.": "{field} must be text, in quotation marks.",
    "Not a valid email address.": "{field} must be an e-mail address.",
    "Invalid input type.": "{field} must be an object, in curly brackets.",
    "Invalid value.": "{field} has a value that is not taken.",
}


def told_of_shape(field: str, message: str) -> tuple[str, str]:
    """Return the code and the sentence for what marshmallow found; what our own shapes say stands as it is."""
    name = field or "The body"
    if message == "Unknown field.":
        return UNKNOWN_FIELD, f"There is no field called {field!r}."
    return WRONG_SHAPE, WORDS.get(message, message).format(field=name) if message in WORDS else message
