"""How every command of the program behaves: loaded late, guarded against tracebacks, able to act for a person."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click

from app.cli.failures import end_badly
from app.cli.output import flush

ACTS_AS = "app.cli.acts_as"


def load_command(name: str) -> click.Command:
    """Import the module of a command and return the command."""
    name = name.replace("-", "_")
    command = getattr(import_module(f"app.cli.{name}"), name)
    assert isinstance(command, click.Command)  # noqa: S101  for the type checker; a test walks all of them
    return command


def acts_as_option() -> click.Option:
    """Return `--as EMAIL`: taken before the command and after it, since people write both."""

    def note(context: click.Context, _option: click.Parameter, email: str | None) -> None:
        if email is not None:
            context.meta[ACTS_AS] = email

    return click.Option(
        ["--as"], metavar="EMAIL", expose_value=False, callback=note, help="Act as this member of staff."
    )


def guarded(context: click.Context, call: Callable[[click.Context], Any]) -> Any:
    """Run `call`; whatever goes wrong becomes one line each on stderr and exit status 1."""
    try:
        result = call(context)
        flush()
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise  # click's own ways to end: status 2 for wrong usage, and what was decided below
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  no traceback ever reaches a user
        end_badly(context, error)
    return result


class GuardedCommand(click.Command):
    """A command that ends as interfaces.md says, and takes `--as`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(acts_as_option())

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, guarded."""
        return guarded(ctx, super().invoke)


class CommandGroup(click.Group):
    """A group whose commands are guarded."""

    command_class = GuardedCommand


class LazyGroup(click.Group):
    """The program: knows the names and one sentence of its commands, and imports what is called."""

    def __init__(self, name: str, sentences: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(name, params=[acts_as_option()], **kwargs)
        self._sentences = sentences

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names: what runs the product first, then as they are declared."""
        return [*super().list_commands(ctx), *self._sentences]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command."""
        if cmd_name in self._sentences:
            return load_command(cmd_name)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's
        """Write the list of commands without importing them."""
        own = [(name, command.get_short_help_str(limit=100)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl([*own, *self._sentences.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the program, guarded: importing a command can fail too."""
        return guarded(ctx, super().invoke)
