"""Plots as SVG within the page: drawn by pygal, without its style and script, which the page's policy would refuse.

The colours stand in eld.css, so that a plot is as legible on a dark page as on a light one.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pygal
from markupsafe import Markup
from pygal.style import Style

# pygal hangs a finder for its maps into the imports, in a form that Python 3.12 has given up: there are no maps here.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

# Drawn twice, so that the words keep their size on a telephone: the style sheet shows the one that fits.
SIZES = {"wide": (760, 320), "narrow": (330, 300)}
LABEL, WORDS = 13, 14
STYLE = Style(
    label_font_size=LABEL,
    major_label_font_size=LABEL,
    value_font_size=LABEL,
    legend_font_size=WORDS,
    title_font_size=WORDS,
)
FEW = 5
UNUSED = {"desc", "title", "defs"}
Values = Sequence[float | None]


@dataclass(frozen=True)
class Drawing:
    """What is drawn: the words along the axis, the series by name, what both axes count; `kind` is the form."""

    kind: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Values]]
    along: str
    up: str
    most: float | None = None


def draw(drawing: Drawing) -> Markup:
    """Return the plot in both sizes; what it shows is said in words beside it, so it is hidden from a screen reader."""
    return Markup("").join(
        Markup('<div class="eld-plot eld-plot--{}">{}</div>').format(size, _svg(drawing, size)) for size in SIZES
    )


def _svg(drawing: Drawing, size: str) -> Markup:
    width, height = SIZES[size]
    horizontal = drawing.kind == "HorizontalStackedBar"
    every = max(1, -(-len(drawing.labels) // (4 if size == "narrow" else 10)))
    chart = getattr(pygal, drawing.kind)(
        width=width,
        height=height + (22 * len(drawing.labels) if horizontal else 0) - (150 if horizontal else 0),
        style=STYLE,
        js=[],
        no_prefix=True,
        disable_xml_declaration=True,
        show_legend=len(drawing.series) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=2 if size == "narrow" else len(drawing.series),
        legend_box_size=12,
        truncate_legend=-1,
        truncate_label=-1,
        x_title=drawing.up if horizontal else drawing.along,
        y_title=drawing.along if horizontal else drawing.up,
        range=None if drawing.most is None else (0, drawing.most),
        include_x_axis=True,
        min_scale=2,
        max_scale=3 if horizontal and size == "narrow" else 6,
        dots_size=3,
        show_minor_x_labels=horizontal,
        x_labels_major_every=None if horizontal else every,
        print_values=horizontal,
        print_zeroes=False,
        formatter=lambda value: f"{value:,.0f}",
        margin=8,
        margin_bottom=18,
    )
    chart.x_labels = list(drawing.labels)
    most = _highest(drawing)
    if most <= FEW:  # things that are counted have no halves
        chart.y_labels = list(range(int(most) + 1))
    for name, values in drawing.series:
        chart.add(name, list(values))
    root = chart.render_tree()
    _strip(root)
    root.attrib.pop("id", None)
    root.attrib |= {"aria-hidden": "true", "focusable": "false", "class": "eld-plot__svg"}
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704  a tree of elements, its text escaped by ElementTree


def _highest(drawing: Drawing) -> float:
    """Return how high the drawing goes: a stack as high as all of its parts."""
    stacks = zip(*(values for _, values in drawing.series), strict=True)
    return drawing.most or max((sum(value or 0 for value in stack) for stack in stacks), default=0)


def _strip(element: ET.Element) -> None:
    """Take out what is for pygal's script, and what the page's policy refuses; ids would stand there twice."""
    for child in list(element):
        unwanted = not isinstance(child.tag, str) or child.tag in UNUSED
        if unwanted or "tooltip-overlay" in child.get("class", ""):
            element.remove(child)
            continue
        for name in ("style", "id"):
            child.attrib.pop(name, None)
        _strip(child)
