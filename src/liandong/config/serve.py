"""`liandong run`: database, web server and jobs as one thing that starts, is watched over, and ends together."""

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from liandong.config import cli
from liandong.config.localpg import LocalServer, die_with_parent

WEB_WORKERS = 2
WEB_THREADS = 4
STOP_SECONDS = 12


def run(host: str, port: int, *, demo: bool) -> int:
    end_with_parent()  # of `make`, when that started us
    require_free_port(host, port)
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(sign) is not signal.SIG_IGN:  # nohup means it
            signal.signal(sign, lambda *_: stop.set())
    os.environ.setdefault("LIANDONG_SITE_URL", f"http://localhost:{port}")
    with cli.database_ready() as server:
        prepare(demo)
        parts = [Part("web", "--host", host, "--port", str(port)), Part("jobs")]
        try:
            wait_for_port(host, port, parts[0], stop)
            announce(host, port)
            while not stop.wait(1):
                for part in parts:
                    part.watch()
                if isinstance(server, LocalServer) and not server.running():
                    print("liandong: the database had stopped and is started again.", file=sys.stderr)
                    server.start()
        except KeyboardInterrupt:
            pass
        finally:
            # From here on a second Ctrl-C must not leave half of it behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            for part in parts:
                part.ask_to_stop()
            for part in parts:
                part.wait()
    print("liandong: stopped.")
    return 0


def prepare(demo: bool) -> None:
    """Migrations, static files, and the demo town when it is wanted and nobody is there yet."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    if pending_migrations():
        print("liandong: preparing the database …", flush=True)
        cli.migrate()
    collect_static()
    if demo and settings.DEMO and is_empty():
        print("liandong: building the demo town …", flush=True)
        began = time.monotonic()
        cli.call("demo", size=os.environ.get("LIANDONG_DEMO_SIZE", "street"))
        print(f"liandong: the demo town stands after {time.monotonic() - began:.0f} s.", flush=True)
    connections.close_all()


def pending_migrations() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_empty() -> bool:
    from django.contrib.auth import get_user_model

    return not get_user_model().objects.exists()


def collect_static() -> None:
    """Hashed and compressed copies, made again only when a source file has changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    seen = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            seen.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    if stamp.exists() and stamp.read_text() == seen.hexdigest():
        return
    cli.call("collectstatic", interactive=False, verbosity=0, clear=Path(settings.STATIC_ROOT).exists())
    stamp.write_text(seen.hexdigest())


class Part:
    """A child process that is started again when it dies, but not for ever."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.ends: list[float] = []
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches `run` alone, which stops its parts in order.
        environment = os.environ | {"LIANDONG_PARENT": str(os.getpid())}
        return subprocess.Popen([sys.executable, "-m", "liandong.config.cli", *self.words], start_new_session=True, env=environment)

    def watch(self) -> None:
        if self.process.poll() is None:
            return
        now = time.monotonic()
        self.ends = [end for end in self.ends if end > now - 60] + [now]
        if len(self.ends) > 3:
            raise cli.Trouble(f"The part `{self.words[0]}` ended {len(self.ends)} times within a minute; see the lines above.")
        print(f"liandong: the part `{self.words[0]}` had ended and is started again.", file=sys.stderr)
        self.process = self._start()

    def ask_to_stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()

    def wait(self) -> None:
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def end_with_parent() -> None:
    """A part ends when `run` ends, by whatever death."""
    parent = int(os.environ.get("LIANDONG_PARENT", "0"))
    if not parent:
        return
    die_with_parent(signal.SIGTERM)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    if os.getppid() != parent or sys.platform != "linux":
        threading.Thread(target=watch, daemon=True).start()


def web(host: str, port: int) -> int:
    end_with_parent()
    require_free_port(host, port)
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ["LIANDONG_POOL"] = "1"
    os.environ["LIANDONG_PARENT"] = str(os.getpid())  # for the workers, see wsgi.py
    with cli.database_ready(quiet=True):
        Granian(
            "liandong.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=int(os.environ.get("LIANDONG_WEB_WORKERS", WEB_WORKERS)),
            blocking_threads=WEB_THREADS,
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS - 4,
        ).serve()
    return 0


def jobs() -> int:
    end_with_parent()
    import asyncio

    with cli.database_ready(quiet=True):
        import django

        django.setup()
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.django_connector import DjangoConnector

        async def work() -> None:
            # Another app with the same tasks: what a job defers must go through Django's connection, in the transaction of the job's verb.
            # (`replace_connector` would defer outside of it, and the next job could run before its facts are committed.)
            worker_app = app.with_connector(DjangoConnector().get_worker_connector())
            async with worker_app.open_async():
                await worker_app.run_worker_async(concurrency=2, shutdown_graceful_timeout=STOP_SECONDS - 4, delete_jobs="successful")

        asyncio.run(work())
    return 0


def require_free_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise cli.Trouble(f"Port {port} is reserved for the administrator: choose one above 1023, e.g. `make run PORT=8001`.") from error
        except OSError as error:
            advice = f"stop the other program, or choose another port, e.g. `make run PORT={port + 1}`"
            raise cli.Trouble(f"{host}:{port} cannot be used ({error.strerror}): {advice}.") from error


def wait_for_port(host: str, port: int, part: Part, stop: threading.Event) -> None:
    target = "127.0.0.1" if host == "0.0.0.0" else "::1" if host == "::" else host  # noqa: S104 - only compared
    end = time.monotonic() + 60
    while not stop.wait(0.1):
        with contextlib.suppress(OSError), socket.create_connection((target, port), 1):
            return
        if part.process.poll() is not None or time.monotonic() > end:
            raise cli.Trouble("The web server did not start; see the lines above.")


def announce(host: str, port: int) -> None:
    from django.conf import settings

    print(f"\nLiandong 联动  {settings.SITE_URL}\n")
    if settings.DEMO:
        print("Demo town: choose a person on the sign-in page. 演示城镇：在登录页面选择一个身份即可进入。")
    else:
        print("Sign in with phone and code; codes are shown in this window. 用手机号和验证码登录，验证码显示在本窗口。")
    print("Ctrl-C stops everything. 按 Ctrl-C 停止。\n", flush=True)
