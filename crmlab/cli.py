"""What can be done from a terminal? The command ``crmlab``, and how it says what went wrong.

Exit codes: 0 all is well; 1 a check failed; 2 bad arguments or input, said in one line on the
standard error; 130 interrupted. ``crmlab --traceback ...`` shows where an error arose.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import crmlab
from crmlab.commands import claims, datasets, demo, lab, market, recovery, sensitivity

INTERRUPTED = 130


class OneLine(TyperGroup):
    """The command, with errors as one line and an exit code."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run a command line, and leave with its exit code."""
        words = sys.argv[1:] if args is None else list(args)
        try:
            code = super().main(words, *rest, **{**options, "standalone_mode": False})
        except (KeyboardInterrupt, typer.Abort):
            code = INTERRUPTED
        except Exception as error:
            traced = "--traceback" in words[:1] and not _is_usage(error)
            if traced or not _expected(error):
                raise
            print(f"crmlab: {_one_line(error)}", file=sys.stderr)
            code = 2
        if code == INTERRUPTED:
            print("crmlab: interrupted", file=sys.stderr)
        sys.exit(code if isinstance(code, int) else 0)


def _expected(error: Exception) -> bool:
    """Whether the message alone helps: bad arguments, bad input, a full or forbidden disk."""
    duckdb = sys.modules.get("duckdb")
    known = (ValueError, TypeError, OSError, MemoryError, RuntimeError)
    return isinstance(error, (*known, duckdb.Error) if duckdb else known) or _is_usage(error)


def _is_usage(error: Exception) -> bool:
    return hasattr(error, "format_message")


def _one_line(error: Exception) -> str:
    if not _is_usage(error):
        return " ".join(str(error).split()) or type(error).__name__
    place = getattr(getattr(error, "ctx", None), "command_path", "crmlab")
    message = " ".join(error.format_message().split()).rstrip(".")  # type: ignore[attr-defined]
    return f"{message}. See: {place} --help"


app = typer.Typer(
    name="crmlab",
    cls=OneLine,
    rich_markup_mode="rich",
    add_completion=False,
    help="A simulated market in which the claims of customer relationship management are tried.",
    epilog="Example: crmlab compare retail --policy nothing --policy newsletter:every_weeks=2",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"crmlab {crmlab.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Its version.")
    ] = False,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show where an error arose; comes first.")
    ] = False,
) -> None:
    """Show the help where no command is named."""
    if context.invoked_subcommand is None:
        print(context.get_help())


app.command("simulate", epilog=market.SIMULATE_EXAMPLE)(market.simulate)
app.command("compare", epilog=market.COMPARE_EXAMPLE)(market.compare)
app.command("scenarios", epilog="Example: crmlab scenarios")(market.scenarios)
app.command("policies", epilog="Example: crmlab policies")(market.policies)
app.command("claims", epilog=claims.EXAMPLE)(claims.claims)
app.command("sensitivity", epilog=sensitivity.EXAMPLE)(sensitivity.sensitivity)
app.command("recovery", epilog=recovery.EXAMPLE)(recovery.recovery)
app.add_typer(datasets.app, name="datasets")
app.command("demo", epilog=demo.EXAMPLE)(demo.demo)
app.command(
    "lab",
    epilog=lab.EXAMPLE,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)(lab.lab)


def main() -> None:
    """Run the command line (the entry point of the package)."""
    app()


if __name__ == "__main__":
    main()
