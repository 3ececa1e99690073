"""One postcode parser in a process of its own: `one_postcode_parser.py NAME FILE`, driven by lines on stdin.

FILE holds a JSON object of lists. `rate LIST` answers how many of the list it judges in a second of processor time,
`taken LIST` those that it takes. Runs in an environment that may hold nothing but the one parser.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Judge = Callable[[str], object]


def main() -> None:
    """Answer until there are no more questions."""
    name, path = sys.argv[1:]
    lists = json.loads(Path(path).read_text("utf-8"))
    call, takes = PARSERS[name]()
    for line in sys.stdin:
        what, which = line.split()
        answer = rate(call, lists[which]) if what == "rate" else [code for code in lists[which] if takes(code)]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def rate(call: Judge, codes: list[str]) -> float:
    """Return how many are judged in a second."""
    began = time.process_time()
    for code in codes:
        call(code)
    return len(codes) / (time.process_time() - began)


def ours() -> tuple[Judge, Judge]:
    """The grammar of this project."""
    from validators.postcodes import parse_postcode  # noqa: PLC0415  each is installed where it runs, and nowhere else

    return parse_postcode, lambda code: parse_postcode(code).postcode


def ukpostcodeparser() -> tuple[Judge, Judge]:
    """Raises for what it does not take."""
    from ukpostcodeparser.parser import parse_uk_postcode  # noqa: PLC0415

    def takes(code: str) -> object:
        try:
            return parse_uk_postcode(code)
        except ValueError:
            return None

    return parse_uk_postcode, takes


def postcodes_uk() -> tuple[Judge, Judge]:
    """Answers yes or no."""
    from postcodes_uk import validate  # noqa: PLC0415

    return validate, validate


def uk_postcodes_parsing() -> tuple[Judge, Judge]:
    """Its quickest question: whether the form is right."""
    from uk_postcodes_parsing.postcode_utils import is_valid  # noqa: PLC0415

    return is_valid, is_valid


PARSERS = {
    "ours": ours,
    "ukpostcodeparser": ukpostcodeparser,
    "postcodes-uk": postcodes_uk,
    "uk-postcodes-parsing": uk_postcodes_parsing,
}

if __name__ == "__main__":
    main()
