"""`liandong`: the command line. Every known trouble is one clear line and exit status 1."""

import argparse
import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from liandong.config import database
from liandong.config.localpg import LocalServer, ServerError

OLDEST_POSTGRESQL = 15


class Trouble(Exception):
    """Something a person can mend; the message is one line that says how."""


def main(arguments: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liandong.config.settings")
    # One command, one connection; the web server asks for its pool itself.
    os.environ.setdefault("LIANDONG_POOL", "0")
    try:
        if words[:1] == ["manage"]:  # the words after it are Django's, options and all
            return manage(words[1:])
        options = parser().parse_args(words)
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except (Trouble, ServerError) as trouble:
        print(f"liandong: {trouble}", file=sys.stderr)
    except KeyboardInterrupt:
        print("liandong: stopped.", file=sys.stderr)
        return 130
    except Exception as error:
        if not (known := known_trouble(error)):
            raise
        print(f"liandong: {known}", file=sys.stderr)
    return 1


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="liandong", description="Liandong 联动: the working system of a community hub.")
    commands = root.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(command=command)
        return made

    runs = add("run", run, "Start everything: database, web server, jobs. Ctrl-C stops it.")
    runs.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="address to listen on (default 127.0.0.1)")
    runs.add_argument("--port", type=port_number, default=port_number(os.environ.get("PORT", "8000")), help="port to listen on (default 8000)")
    runs.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    fills = add("demo", demo, "Fill an empty database with the demo town.")
    fills.add_argument("--size", choices=["street", "district"], default="street")
    fills.add_argument("--seed", type=int, default=None, help="another number gives another town")

    takes = add("import", import_file, "Take in an office file (xlsx, xls, csv); refused rows are listed.")
    takes.add_argument("kind", choices=["roster", "needs", "employees"])
    takes.add_argument("file", type=Path)
    takes.add_argument("--territory", default="", help="name of the place the file is brought for (default: the street of this database)")
    takes.add_argument("--organization", default="", help="name of the body the file is brought for; for employees: whose they are")
    takes.add_argument("--rejects", type=Path, help="where to write the refused rows (default: beside you, NAME-退回.xlsx)")
    takes.add_argument("--dry-run", action="store_true", help="only say what would happen")

    mines = add("mine", mine, "Find the common needs in any list of texts (csv, xlsx); no database is needed.")
    mines.add_argument("file", type=Path)
    mines.add_argument("--text", required=True, help="name of the column with the texts")
    mines.add_argument("--time", default="", help="name of the column that says when")
    mines.add_argument("--group", default="", help="name of the column that says where somebody asks")
    mines.add_argument("--out", type=Path, required=True, help="where to write what was found, as JSON")

    solves = commands.add_parser("solve", help="Solve a matching problem from a file; no database is needed.")
    problems = solves.add_subparsers(title="problems", required=True, metavar="PROBLEM")
    text = "General assignment: each job to one agent, within capacities, at least cost. The answer is JSON; agents count from 0."
    gaps = problems.add_parser("gap", help=text, description=text)
    gaps.set_defaults(command=solve_gap)
    gaps.add_argument(
        "file", type=Path, help="text: m n, m rows of n costs, m rows of n consumptions, m capacities (or the number of problems, then each)"
    )
    gaps.add_argument("--maximise", "--maximize", action="store_true", help="the costs are gains")
    gaps.add_argument("--seconds", type=some_seconds, default=60.0, help="time for each problem (default 60)")
    gaps.add_argument("--instance", type=int, metavar="K", help="only the K-th problem of the file (default: all)")
    gaps.add_argument("--out", type=Path, help="write the answer there as well")
    text = "Roster: who serves where and when, tier after tier, with bounds and reasons. The answer is JSON (docs/solver.md)."
    rosters = problems.add_parser("roster", help=text, description=text)
    rosters.set_defaults(command=solve_roster)
    rosters.add_argument("file", type=Path, help="JSON: people, shifts and what holds between them (docs/solver.md)")
    rosters.add_argument("--seconds", type=some_seconds, default=60.0, help="time for the whole (default 60)")
    rosters.add_argument("--out", type=Path, help="write the answer there as well")

    text = "Draw: was it honest? Computes it again from the file that anybody can download on its page, and says yes or no (docs/solver.md)."
    draws = problems.add_parser("draw", help=text, description=text)
    draws.set_defaults(command=solve_draw)
    draws.add_argument("file", type=Path, help="JSON from the page of the draw")

    kept = commands.add_parser("dossier", help="Volunteers' dossiers as exchange files (docs/exchange.md): export, check, import.")
    steps = kept.add_subparsers(title="steps", required=True, metavar="STEP")
    text = "Write the dossiers of everybody of a body into one file; names and numbers masked unless --full."
    gives = steps.add_parser("export", help=text, description=text)
    gives.set_defaults(command=export_dossiers)
    gives.add_argument("organization", help="name of the body")
    gives.add_argument("file", type=Path)
    gives.add_argument("--purpose", required=True, help="what the file is for; it is kept in the journal")
    gives.add_argument("--full", action="store_true", help="names and numbers in full")
    text = "Say what is wrong with an exchange file: file, line, field, what; no database is needed."
    looks = steps.add_parser("check", help=text, description=text)
    looks.set_defaults(command=check_dossiers)
    looks.add_argument("file", type=Path)
    looks.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")
    text = "Take an exchange file in for a body. Taken in twice it has no second effect."
    brings = steps.add_parser("import", help=text, description=text)
    brings.set_defaults(command=import_dossiers)
    brings.add_argument("organization", help="name of the body")
    brings.add_argument("file", type=Path)
    brings.add_argument("--dry-run", action="store_true", help="only say what would happen")
    brings.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    saves = add("backup", backup, "Write the whole database and all files into one file.")
    saves.add_argument("file", type=Path)
    loads = add("restore", restore, "Read a backup into an empty database and verify it.")
    loads.add_argument("file", type=Path)

    add("check-invariants", check_invariants, "Verify that no hour, point, seat or journal entry is lost, doubled or negative.")
    books = add("ledger", ledger, "Verify the points ledger, count balances from the log again, or compare a month's file with its published digest.")
    books.add_argument("what", choices=["verify", "recompute", "digest", "file"])
    books.add_argument("file", nargs="?", type=Path, help="a month's file; for `file`: where to write it")
    books.add_argument("--month", default="", help="YYYY-MM, for `file`")
    turns = add("keys", keys, "The keys that certificates are signed with; old ones keep verifying.")
    turns.add_argument("--rotate", metavar="REASON", help="put a new key in use now")
    speaks = add("messages", messages, "Bring the translation catalogues up to date and compile them.")
    speaks.add_argument("apps", nargs="*", help="only these apps (default: all)")
    speaks.add_argument("--check", action="store_true", help="change nothing; fail when something is untranslated")
    speaks.add_argument("--compile", action="store_true", help="only compile")
    add("manage", lambda options: manage([]), "Any of Django's own commands, e.g. `liandong manage shell`.")
    for name, command in {"web": web, "jobs": jobs}.items():
        part = add(name, command, f"Only the part `{name}` of `run` (for service managers).")
        part.add_argument("--host", default="127.0.0.1")
        part.add_argument("--port", type=port_number, default=8000)
    return root


def port_number(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def some_seconds(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1_000_000:
        raise argparse.ArgumentTypeError("a time is a number of seconds above 0")
    return number


# The commands. Imports stand inside: Django is loaded only where it is needed, after the database is up.


def run(options: argparse.Namespace) -> int:
    from liandong.config import serve

    return serve.run(options.host, options.port, demo=not options.no_demo)


def web(options: argparse.Namespace) -> int:
    from liandong.config import serve

    return serve.web(options.host, options.port)


def jobs(options: argparse.Namespace) -> int:
    from liandong.config import serve

    return serve.jobs()


def demo(options: argparse.Namespace) -> int:
    wanted = {"size": options.size} | ({} if options.seed is None else {"seed": options.seed})
    with django_ready():
        migrate()
        call("demo", **wanted)
    return 0


def import_file(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise Trouble(f"There is no file {options.file}.")
    with django_ready():
        migrate()
        wanted = {"territory": options.territory, "organization": options.organization, "dry_run": options.dry_run}
        call("import_file", options.kind, str(options.file), **wanted, **({"rejects": options.rejects} if options.rejects else {}))
    return 0


def export_dossiers(options: argparse.Namespace) -> int:
    with django_ready():
        migrate()
        call("dossier", "export", str(options.file), organization=options.organization, purpose=options.purpose, full=options.full)
    return 0


def check_dossiers(options: argparse.Namespace) -> int:
    import django

    if not options.file.is_file():
        raise Trouble(f"There is no file {options.file}.")
    django.setup()
    from django.utils import translation

    from liandong.dossier.exchange.checking import check

    with translation.override(options.language):
        checked = check(options.file)
        for problem in checked.problems:
            print(f"{problem.place}\t{problem.field or '-'}\t{problem}")
    print(f"{len(checked.problems)} problems; " + ", ".join(f"{name} {rows}" for name, rows in checked.rows.items()), file=sys.stderr)
    return 0 if checked.is_sound else 1


def import_dossiers(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise Trouble(f"There is no file {options.file}.")
    with django_ready():
        migrate()
        call("dossier", "import", str(options.file), organization=options.organization, dry_run=options.dry_run, language=options.language)
    return 0


def mine(options: argparse.Namespace) -> int:
    from liandong.needs.mine_file import Unusable, mine_file

    if not options.file.is_file():
        raise Trouble(f"There is no file {options.file}.")
    try:
        found = mine_file(options.file, options.out, text=options.text, time_column=options.time, group=options.group)
    except Unusable as error:
        raise Trouble(str(error)) from error
    grouped = sum(len(theme["members"]) for theme in found["themes"])
    print(
        f"{len(found['themes'])} themes of {grouped} texts, {len(found['loose'])} loose, {found['seconds']} s, {found['peak_mb']} MB: {options.out}"
    )
    for theme in found["themes"][:10]:
        print(f"  {len(theme['members']):5}  {theme['label']}  ({', '.join(theme['phrases'])})")
    return 0


def solve_gap(options: argparse.Namespace) -> int:
    import json

    from liandong.matching.files.gap import Unusable, gap_file

    if not options.file.is_file():
        raise Trouble(f"There is no file {options.file}.")

    def progress(text: str) -> None:
        print(text, file=sys.stderr)

    try:
        found = gap_file(options.file, options.out, maximise=options.maximise, seconds=options.seconds, instance=options.instance, progress=progress)
    except Unusable as error:
        raise Trouble(str(error)) from error
    print(json.dumps(found))
    return 0


def solve_roster(options: argparse.Namespace) -> int:
    import json

    from liandong.matching.files.gap import Unusable
    from liandong.matching.files.rosters import roster_file

    if not options.file.is_file():
        raise Trouble(f"There is no file {options.file}.")
    try:
        found = roster_file(options.file, options.out, seconds=options.seconds, progress=lambda text: print(text, file=sys.stderr))
    except Unusable as error:
        raise Trouble(str(error)) from error
    print(json.dumps(found, ensure_ascii=False))
    return 0


def solve_draw(options: argparse.Namespace) -> int:
    from liandong.matching.files.draws import draw_file
    from liandong.matching.files.gap import Unusable

    if not options.file.is_file():
        raise Trouble(f"There is no file {options.file}.")
    try:
        wrong, told = draw_file(options.file)
    except Unusable as error:
        raise Trouble(str(error)) from error
    print(f"No. {'; '.join(wrong)}." if wrong else f"Yes. {told}")
    return 1 if wrong else 0


def backup(options: argparse.Namespace) -> int:
    from liandong.config import archive

    with database_ready():
        return archive.backup(options.file)


def restore(options: argparse.Namespace) -> int:
    from liandong.config import archive

    with database_ready():
        archive.restore(options.file)
        with django_ready():
            migrate()
            call("check_invariants")
    print("The backup is restored and its invariants hold.")
    return 0


def check_invariants(options: argparse.Namespace) -> int:
    with django_ready():
        migrate()
        call("check_invariants")
    return 0


def ledger(options: argparse.Namespace) -> int:
    if options.what in ("verify", "digest") and options.file is not None and not options.file.is_file():
        raise Trouble(f"There is no file {options.file}.")
    with django_ready():
        migrate()
        call("ledger", options.what, *([str(options.file)] if options.file else []), month=options.month)
    return 0


def keys(options: argparse.Namespace) -> int:
    with django_ready():
        migrate()
        call("keys", **({"rotate": options.rotate} if options.rotate else {}))
    return 0


def messages(options: argparse.Namespace) -> int:
    from liandong.config import catalogues

    if options.compile:
        catalogues.compile_all(options.apps)
        return 0
    return catalogues.check(options.apps) if options.check else catalogues.update(options.apps)


def manage(words: Sequence[str]) -> int:
    from django.core.management import execute_from_command_line

    with database_ready():
        execute_from_command_line(["liandong manage", *words])
    return 0


# What the commands stand on


@contextlib.contextmanager
def database_ready(*, quiet: bool = False) -> Iterator[LocalServer | None]:
    """The database answers: DATABASE_URL, or the embedded server, which runs at least as long as we do."""
    if os.environ.get("DATABASE_URL"):
        require_database_url()
        yield None
        return
    home = database.home()
    server = LocalServer(home / "postgres").start()
    if server.moved and not quiet:
        print(f"liandong: {home} lies below a closed folder, so the database is kept in {server.base}.", file=sys.stderr)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def django_ready() -> Iterator[None]:
    with database_ready():
        import django

        django.setup()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def require_database_url() -> None:
    import psycopg

    try:
        with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        raise Trouble(f"The database of DATABASE_URL cannot be reached: {one_line(error)}") from error
    if version < OLDEST_POSTGRESQL:
        raise Trouble(f"The server of DATABASE_URL is PostgreSQL {version}; Liandong needs {OLDEST_POSTGRESQL} or newer.")


def migrate() -> None:
    """Bring the tables up to date, however long it takes. Of several processes that start at once one does it and the others wait."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0; set lock_timeout = 0; select pg_advisory_lock(hashtext('liandong migrate')); reset lock_timeout")
        try:
            call("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("select pg_advisory_unlock(hashtext('liandong migrate')); reset statement_timeout")


def call(command: str, *words: str, **options: object) -> None:
    from django.core.management import CommandError, call_command

    try:
        call_command(command, *words, **options)
    except CommandError as error:
        raise Trouble(one_line(error)) from error


def known_trouble(error: BaseException | None) -> str:
    """The one line for troubles of the machine; empty for a defect of ours, which deserves its traceback."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return "The disk is full: free some space and start again."
        if type(error).__name__ == "DiskFull" and type(error).__module__.startswith("psycopg"):
            return "The disk of the database is full: free some space and start again."
        if type(error).__name__ in {"OperationalError", "PoolTimeout"}:
            return f"The database does not answer: {one_line(error)}"
        if isinstance(error, PermissionError):
            return f"No permission for {error.filename}: start as the owner of that folder, or set LIANDONG_HOME to another one."
        error = error.__cause__ or error.__context__
    return ""


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


if __name__ == "__main__":
    from importlib import import_module

    sys.exit(import_module("liandong.config.cli").main())  # the module the other parts know, not a second copy of it
