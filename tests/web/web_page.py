"""A page as a careful visitor takes it in: forms with what they would send, and everything that should be right."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

INLINE = {"a", "span", "mark", "strong", "time", "b", "i", "em"}
VOID_TYPES = {"submit", "button", "hidden", "file"}


@dataclass
class Form:
    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, text


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


class Page(HTMLParser):
    def __init__(self, html: str, url: str) -> None:
        super().__init__()
        self.html, self.url = html, url
        self.forms: list[Form] = []
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self._form: Form | None = None
        self._select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        element = Element(tag, given)
        if tag not in INLINE:
            self.handle_data(" ")
        self.elements.append(element)
        if tag == "form":
            self._form = Form(urljoin(self.url, given.get("action", self.url)), given.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is not None:
            self._note(tag, given, element)
        self._open.append(element)

    def _note(self, tag: str, given: dict[str, str], element: Element) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and kind in {"checkbox", "radio"}:
            if "checked" in given:
                self._form.values.append((name, given.get("value", "on")))
        elif tag == "input" and kind not in {"submit", "file"}:
            self._form.values.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._form.values.append((name, ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._form.values.append((self._select, given.get("value", "")))
        elif tag == "button" and kind != "button":
            element.attributes.setdefault("in_form", str(len(self.forms) - 1))

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            element = self._open.pop()
            if element.tag == "button" and "in_form" in element.attributes:
                form = self.forms[int(element.attributes["in_form"])]
                given = element.attributes
                text = " ".join(element.text.split())
                form.buttons.append((given.get("name", ""), given.get("value", ""), text))
            if element.tag == tag:
                break
        if tag == "form":
            self._form = None

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    @property
    def text(self) -> str:
        return " ".join(next(element.text for element in self.elements if element.tag == "body").split())

    @property
    def heading(self) -> str:
        return " ".join(self.all("h1")[0].text.split())

    def with_class(self, name: str) -> list[str]:
        return [" ".join(e.text.split()) for e in self.elements if name in e.attributes.get("class", "").split()]

    def links(self) -> list[str]:
        return [element.attributes["href"] for element in self.all("a") if "href" in element.attributes]

    def form_with(self, button: str) -> tuple[Form, tuple[str, str]]:
        """The form that has a button of this text, with what the button itself sends."""
        for form in self.forms:
            for name, value, text in form.buttons:
                if text == button:
                    return form, (name, value)
        raise AssertionError(f"no button {button!r} on {self.url}: {[form.buttons for form in self.forms]}")


def _places(page: Page) -> list[str]:
    """Where scripts, styles and pictures come from."""
    named = [(e, name) for e in page.elements for name in ("src", "srcset", "data") if name in e.attributes]
    return [e.attributes[name] for e, name in named] + [e.attributes.get("href", "") for e in page.all("link")]


def faults_of(page: Page) -> list[str]:
    """Everything that is wrong with a page's bones; none on a good page."""
    faults = []
    titles = [" ".join(element.text.split()) for element in page.all("title")]
    if len([title for title in titles if title.endswith("Emergency location data - Numbergroup")]) != 1:
        faults.append(f"title {titles}")
    if len(page.all("h1")) != 1 or not page.heading:
        faults.append("not exactly one h1")
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    faults += [f"id {name} {count} times" for name, count in Counter(ids).items() if count > 1]
    labelled = {element.attributes.get("for") for element in page.all("label")}
    for element in page.all("input") + page.all("select") + page.all("textarea"):
        kind = element.attributes.get("type", "text")
        if kind not in VOID_TYPES - {"file"} and element.attributes.get("id") not in labelled:
            faults.append(f"no label for {element.attributes.get('name')}")
    faults += [
        f"form {form.action} without a token"
        for form in page.forms
        if form.method == "post" and not dict(form.values).get("csrf_token")
    ]
    faults += [f"form {form.action} by {form.method}" for form in page.forms if form.method != "post"]
    faults += [f"form goes out to {form.action}" for form in page.forms if urlsplit(form.action).netloc]
    faults += [f"something comes from {place}" for place in _places(page) if urlsplit(place).netloc]
    faults += [f"no language on {element.tag}" for element in page.all("html") if not element.attributes.get("lang")]
    faults += [f"no words for {e.attributes.get('src')}" for e in page.all("img") if "alt" not in e.attributes]
    for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
        for element in page.elements:
            missing = set(element.attributes.get(name, "").split()) - set(ids)
            faults += [f"{name} names {other}, which is not there" for other in missing]
    faults += [
        f"link to {link}, which is not there" for link in page.links() if link[:1] == "#" and link[1:] not in ids
    ]
    faults += [f"style on {element.tag}" for element in page.elements if "style" in element.attributes]
    faults += [
        f"script or style in the page: {e.tag}" for e in page.all("script") + page.all("style") if e.text.strip()
    ]
    if len(page.all("table")) != len([caption for caption in page.all("caption") if caption.text.strip()]):
        faults.append("a table without a caption")
    headings = [int(e.tag[1]) for e in page.elements if len(e.tag) == 2 and e.tag[0] == "h" and e.tag[1].isdigit()]
    # An error summary is a heading of its own before the page's.
    body = headings[headings.index(1) :] if 1 in headings else headings
    faults += [f"heading {b} after {a}" for a, b in pairwise(body) if b > a + 1]
    return faults
