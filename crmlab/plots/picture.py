"""How does a figure reach its reader, on a screen, on paper, or in words?

A `Picture` is a matplotlib figure made without pyplot. As the last expression of a cell it
shows itself as a PNG, sharp on a projector, with its description as the alternative text and
as the plain text beside it; that text is what strict checks of stored outputs compare.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
import textwrap
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

PNG_DPI = 180
SVG_RC = {
    "svg.fonttype": "none",  # text stays text: small, searchable, and read aloud
    "svg.hashsalt": "crmlab",  # the same figure gives the same bytes
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
}
_SVG_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_UNUSED_ID = re.compile(r' id="(?:figure|axes|patch|line2d|text|legend|matplotlib|[xy]tick|'
                        r'PolyCollection|LineCollection|PathCollection|FillBetween'
                        r'PolyCollection)[\w.]*"')  # fmt: skip


class Picture(Figure):
    """A matplotlib figure that shows itself in a notebook and can be read aloud.

    Attributes
    ----------
    headline : str
        What to see: the title.
    description : str
        The same in more words, for those who cannot see it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headline = ""
        self.title_lines = 1
        self.settled = False
        self.description = ""

    def __str__(self) -> str:
        return in_words(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        return mimebundle(self)


def show(figure: Figure) -> None:
    """Show a figure from the middle of a cell."""
    from IPython.display import display

    display(figure)


def mimebundle(figure: Figure) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a notebook stores of a figure: a picture, and the words that stand for it."""
    width, height = (int(inches * 100) for inches in figure.get_size_inches())
    words = in_words(figure)
    data = {"image/png": png(figure), "text/plain": textwrap.fill(words, 92)}
    return data, {"image/png": {"width": width, "height": height, "alt": words}}


def in_words(figure: Figure) -> str:
    """Title and description of a figure as one text."""
    headline = getattr(figure, "headline", "")
    if headline and headline[-1] not in ".!?":
        headline += "."
    return f"{headline} {getattr(figure, 'description', '')}".strip() or "A figure."


def png(figure: Figure, dpi: int = PNG_DPI) -> bytes:
    """Draw a figure as a PNG of few colours, a third of the usual size."""
    from PIL import Image

    usual, figure.dpi = figure.dpi, dpi
    try:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    finally:
        figure.dpi = usual
    stored = io.BytesIO()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    few = image.quantize(128, dither=Image.Dither.NONE)
    few.save(stored, format="png", optimize=True)
    return stored.getvalue()


def svg(figure: Figure) -> str:
    """Draw a figure as an ``<svg>`` element with a role, a title and a description.

    The same figure gives the same text, whenever it is drawn.
    """
    drawn = io.StringIO()
    with matplotlib.style.context(SVG_RC):
        # Not savefig: it draws everything twice.
        FigureCanvasSVG(figure).print_svg(drawn, metadata=_SVG_METADATA)
    return _named(_slim(drawn.getvalue()), figure)


def _slim(text: str) -> str:
    """Leave out the XML preamble, the metadata, and names that nothing refers to."""
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>|\s*<!--.*?-->", "", text, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", _UNUSED_ID.sub("", text))


def _named(text: str, figure: Figure) -> str:
    title = html.escape(getattr(figure, "headline", ""))
    description = html.escape(getattr(figure, "description", ""))
    key = "crm-" + hashlib.sha256(f"{title}\n{description}".encode()).hexdigest()[:10]
    width, height = (int(inches * 100) for inches in figure.get_size_inches())
    opening = (
        f'<svg role="img" aria-labelledby="{key}-title {key}-desc" '
        f'viewBox="0 0 {width * 0.72:g} {height * 0.72:g}" '
        f'style="width: 100%; max-width: {width}px; height: auto" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n'
        f'<title id="{key}-title">{title}</title>\n<desc id="{key}-desc">{description}</desc>'
    )
    return re.sub(r"<svg[^>]*>", lambda _: opening, text, count=1)
