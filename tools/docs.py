"""Write the generated pages of docs/: the data dictionary and the market's rules.

``python -m tools.docs`` writes them; ``--check`` fails when a page is out of date;
``--picture`` draws the README's picture again.
"""

from __future__ import annotations

import ast
import dataclasses
import sys
from pathlib import Path

from crmlab.market.packs import scenario, scenarios
from crmlab.market.scenario import Scenario
from crmlab.tables import data_dictionary

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- generated: defaults -->", "<!-- end of generated -->"


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{v:g}" for v in value) or "(empty)"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def parameters() -> str:
    """Every field of `Scenario`: symbol, default, unit, meaning, source; by group."""
    groups: dict[str, list[str]] = {}
    for f in dataclasses.fields(Scenario):
        about = f.metadata
        if "group" in about:
            default = f.default if f.default is not dataclasses.MISSING else ""
            row = (
                f"| `{f.name}` | {about['symbol']} | {_value(default)} | {about['unit']} | "
                f"{about['meaning']} | {about['source']} |"
            )
            groups.setdefault(about["group"], []).append(row)
    head = "| field | symbol | default | unit | meaning | source |\n|---|---|---|---|---|---|\n"
    return "\n\n".join(f"### {name}\n\n{head}" + "\n".join(rows) for name, rows in groups.items())


def conditions() -> str:
    """Every named scenario and the fields in which it differs from the textbook."""
    lines = ["### Conditions", "", "| scenario | what it is | differs in |", "|---|---|---|"]
    for name in scenarios()["name"]:
        sc = scenario(name)
        changed = scenario(f"{sc.pack}/textbook").differences(sc)
        what = "; ".join(
            f"`{k}` = {_value(v[1])}" for k, v in changed.items() if k not in ("name", "what")
        )
        lines.append(f"| `{name}` | {sc.what} | {what or 'the defaults'} |")
    return "\n".join(lines)


def rules() -> str:
    """The page of the market's rules, with the defaults generated into it."""
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n\n{parameters()}\n\n{conditions()}\n\n{END}{after}"


def readme() -> str:
    """README.md with the output of its example as it is now."""
    page = (DOCS / "../README.md").read_text(encoding="utf-8")
    before = page.split("```python", 1)[0]
    example, middle, _, after = _fences(page)
    return f"{before}```python{example}```{middle}```\n{_output(example)}\n```{after}"


def _fences(page: str) -> list[str]:
    """What stands between the fences that follow the first Python example."""
    example, middle, output, after = page.split("```python", 1)[1].split("```", 3)
    return [example, middle, output, after]


def _output(example: str) -> str:
    """What the example shows; its last statement is an expression."""
    *setup, last = ast.parse(example).body
    names: dict[str, object] = {}
    exec(compile(ast.Module(setup, []), "README", "exec"), names)
    return repr(eval(compile(ast.Expression(last.value), "README", "eval"), names))  # type: ignore[attr-defined]


def picture() -> None:
    """The picture of the README: several policies on the same worlds."""
    import crmlab as crm

    several = {
        "nothing": None,
        "newsletter, weekly": crm.policies.newsletter(1),
        "newsletter, fortnightly": crm.policies.newsletter(2),
        "sense and respond": crm.policies.sense_and_respond(),
        "by lifecycle stage": crm.policies.lifecycle(2),
    }
    found = crm.compare(several, "retail", customers=2_000, weeks=104, worlds=12, seed=1)
    figure = crm.plots.comparison(found.table)
    figure.savefig(DOCS / "images" / "comparison.png", dpi=130, metadata={"Software": None})


def pages() -> dict[str, str]:
    """The generated pages by path from docs/."""
    return {
        "data_dictionary.md": data_dictionary(),
        "rules.md": rules(),
        "../README.md": readme(),
    }


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them."""
    made = pages()
    stale = [
        name
        for name, text in made.items()
        if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != text
    ]
    if "--picture" in arguments:
        picture()
    if "--check" in arguments:
        for name in stale:
            print(f"docs/{name} is out of date: run python -m tools.docs")
        return int(bool(stale))
    for name in stale:
        (DOCS / name).write_text(made[name], encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
