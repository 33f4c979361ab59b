"""How does a decision change the picture, at once? Controls, a function, a kept figure.

The picture is SVG with a role, a title and a description; a line of text beside it says the
same. There is no `Output` widget, so that stored outputs compare strictly, and a notebook
that is read without a kernel still shows the picture as it was.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import ipywidgets

from crmlab.plots.picture import Picture, mimebundle, svg
from crmlab.plots.style import entitle

_STYLE = 'style="margin: 0.4em 0 0; max-width: 720px"'


@dataclass(frozen=True)
class Reading:
    """What a picture says: its title, which states the finding, and the same in more words."""

    title: str
    text: str


class LiveView(ipywidgets.VBox):
    """See a figure answer to its controls.

    Parameters
    ----------
    controls : dict of name to widget
        One or two; see `slider` and `choice`.
    update : callable
        ``update(**values) -> Reading``: takes the value of each control by its name, changes
        the figure's artists, and says what is to be seen.
    figure : Picture
        Drawn once and kept; see `crmlab.plots.KeptLines` and `KeptBars`.

    Attributes
    ----------
    controls : dict of name to widget
    reading : Reading
        The latest.

    Examples
    --------
    >>> from crmlab.plots import KeptLines
    >>> from crmlab.widgets import slider
    >>> kept = KeptLines([1, 2, 3], ["sales"], "week", "EUR")
    >>> def update(growth):
    ...     kept.show({"sales": [100, 100 * growth, 100 * growth**2]})
    ...     return Reading(f"Sales end at {100 * growth**2} EUR", f"Growth {growth} a week.")
    >>> view = LiveView({"growth": slider("growth", 1, 3, 2)}, update, kept.figure)
    >>> view.reading.title
    'Sales end at 400 EUR'
    >>> view.controls["growth"].value = 3
    >>> view.reading.title
    'Sales end at 900 EUR'
    """

    def __init__(
        self,
        controls: Mapping[str, ipywidgets.Widget],
        update: Callable[..., Reading],
        figure: Picture,
    ) -> None:
        if not controls:
            raise ValueError("controls must hold at least one, such as {'weeks': slider(...)}.")
        self.controls = dict(controls)
        self.figure = figure
        self._update = update
        self._busy = self._stale = False
        self._picture, self._line = ipywidgets.HTML(), ipywidgets.HTML()
        self._refresh()
        super().__init__([*_in_rows(self.controls.values()), self._picture, self._line])
        self.add_class("crmlab-live")
        for control in self.controls.values():
            control.observe(self._changed, names="value")

    @property
    def values(self) -> dict[str, Any]:
        """What the controls stand at."""
        return {name: control.value for name, control in self.controls.items()}

    def _changed(self, change: object) -> None:
        """A slider moved. There is no cell to raise in, so an error is told in the line."""
        try:
            self._refresh()
        except Exception as error:
            self.tell(error)

    def tell(self, error: Exception) -> None:
        """Say in the line beside the picture that something went wrong."""
        self._line.value = _as_alert(error)

    def _refresh(self) -> None:
        """Draw; what changes meanwhile is drawn afterwards, and only the newest of it."""
        self._stale = True
        if self._busy:
            return
        self._busy = True
        try:
            while self._stale:
                self._stale = False
                self._draw()
        finally:
            self._busy = False

    def _draw(self) -> None:
        self.reading = self._update(**self.values)
        entitle(self.figure, self.reading.title, self.reading.text)
        # In this order: who sees the new line can rely on the new picture.
        self._picture.value = svg(self.figure)
        self._line.value = _as_status(self.reading)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        """The widget; for readers without a kernel the picture as it stands, and its words."""
        data, metadata = mimebundle(self.figure)
        return super()._repr_mimebundle_(**kwargs) | data, metadata

    def __repr__(self) -> str:
        return f"LiveView({', '.join(f'{k}={v!r}' for k, v in self.values.items())})"


def _in_rows(controls: Iterable[ipywidgets.Widget]) -> Iterator[ipywidgets.Widget]:
    """Boxes to tick stand beside each other; any other control has a line of its own."""
    for ticked, group in groupby(controls, lambda one: isinstance(one, ipywidgets.Checkbox)):
        if ticked:
            yield ipywidgets.HBox(list(group), layout={"flex_flow": "row wrap"})
        else:
            yield from group


def _as_status(reading: Reading) -> str:
    """A line that screen readers announce when it changes."""
    return f'<p role="status" aria-live="polite" {_STYLE}>{html.escape(reading.text)}</p>'


def _as_alert(error: Exception) -> str:
    words = html.escape(f"This setting cannot be shown. {type(error).__name__}: {error}")
    return f'<p role="alert" {_STYLE}><strong>{words}</strong></p>'
