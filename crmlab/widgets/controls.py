"""What does a student turn? Sliders and lists that fit the page and the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets

_STYLE = {"description_width": "initial"}
_LAYOUT = {"width": "100%", "max_width": "720px"}  # as wide as the picture


def slider(
    label: str, low: float, high: float, value: float, step: float = 1, slow: bool = False
) -> ipywidgets.Widget:
    """Get a slider that the arrow keys move by one step.

    Parameters
    ----------
    label : str
        What it sets, with the unit.
    low, high, value, step : float
        Whole numbers give whole numbers back.
    slow : bool
        Answer when the slider is let go, not while it moves.

    Examples
    --------
    >>> slider("newsletter every n weeks (0 = never)", 0, 12, 2).value
    2
    """
    whole = all(float(v).is_integer() for v in (low, high, value, step))
    number, kind = (int, ipywidgets.IntSlider) if whole else (float, ipywidgets.FloatSlider)
    return kind(
        description=label,
        min=number(low),
        max=number(high),
        value=number(value),
        step=number(step),
        continuous_update=not slow,
        style=_STYLE,
        layout=_LAYOUT,
    )


def choice(label: str, options: Sequence[Any], value: Any = None) -> ipywidgets.Widget:
    """Get a list to choose from: names, or pairs of name and value.

    >>> choice("market", ["retail/textbook", "retail/hostile"]).value
    'retail/textbook'
    """
    chosen = {} if value is None else {"value": value}
    return ipywidgets.Dropdown(
        description=label, options=list(options), style=_STYLE, layout=_LAYOUT, **chosen
    )


def checkbox(label: str, value: bool = False) -> ipywidgets.Widget:
    """Get a box to tick.

    >>> checkbox("identify", True).value
    True
    """
    return ipywidgets.Checkbox(
        description=label,
        value=value,
        indent=False,
        style=_STYLE,
        layout={"width": "auto", "margin": "2px 18px 2px 2px"},
    )
