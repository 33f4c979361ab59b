"""What has to be known of a data set before it is used? Its datasheet, with computed numbers.

The questions are those of Gebru et al. (2021, Communications of the ACM 64(12)), as far as
data that nobody lived can be asked them.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from crmlab.tables import Table

LICENCE = (
    "[CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/): do with it what you like. "
    "Nobody in it exists."
)
_FURTHER = "Written by `crmlab datasets build`; what is changed here by hand is lost."


@dataclass(frozen=True)
class Datasheet:
    """The parts of a datasheet; ``text`` puts them together.

    Parameters
    ----------
    name, what : str
        Its name, and what it is in a sentence or two.
    code : tuple of callable or str
        What made it: the source of functions is quoted, text as it is.
    use : str
        How to load it, as Python.
    columns : dict of str to DataFrame
        File, and its columns: column, unit, meaning.
    numbers : dict of str to str
        What is in it, measured from it.
    truth : str
        Whether the truth is withheld or given, and where.
    notes : dict of str to str
        Further sections.
    """

    name: str
    what: str
    code: tuple[Callable | str, ...]
    use: str
    columns: Mapping[str, pd.DataFrame]
    numbers: Mapping[str, str]
    truth: str
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The datasheet as Markdown."""
        sections = {
            "How it was made": "By the simulator, with exactly this code (its imports stand in "
            f"`crmlab/datasets/{self.name}.py`):\n\n"
            + _python("\n\n\n".join(map(_source, self.code))),
            "How to load it": _python(self.use),
            "What is in it": _listed(self.numbers),
            **self.notes,
            "Columns": "\n\n".join(_columns(f, c) for f, c in self.columns.items()),
            "Truth": self.truth,
            "Licence": LICENCE,
        }
        body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
        return f"# {self.name}\n\n{self.what}\n\n{_FURTHER}\n\n{body}\n"


def markdown_table(frame: pd.DataFrame) -> str:
    """Write a frame as a Markdown table."""
    rows = [list(frame.columns), ["---"] * len(frame.columns), *frame.astype(str).to_numpy()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def column_list(rows: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    """Name columns by hand: column, unit, meaning."""
    return pd.DataFrame(list(rows), columns=["column", "unit", "meaning"])


def column_list_of(table: Table) -> pd.DataFrame:
    """Name the columns of a table of the contract."""
    return column_list((c.name, c.unit, c.meaning) for c in table.columns)


def _columns(file: str, columns: pd.DataFrame) -> str:
    return f"### {file}\n\n{markdown_table(columns.assign(column='`' + columns['column'] + '`'))}"


def _listed(numbers: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in numbers.items())


def _python(code: str) -> str:
    return f"```python\n{code.strip()}\n```"


def _source(code: Callable | str) -> str:
    return code if isinstance(code, str) else textwrap.dedent(inspect.getsource(code)).strip()
