"""Sets everything up, from nothing but Python and this checkout; every `make` recipe runs it first.

Standard library only, and no syntax newer than Python 3.6: an old Python must be able to read far enough to say that it is too old.

    python3 scripts/bootstrap.py             what `make run` needs
    python3 scripts/bootstrap.py --dev       and what `make test` and `make check` need
    python3 scripts/bootstrap.py --browser   and a browser with a Chinese font for the browser tests
"""

import fcntl
import glob
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LAUNCHER = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from liandong.config.cli import main

sys.exit(main())
"""


class Trouble(Exception):
    """One line a person can act on."""


def main(words):
    require_python()
    dev = "--dev" in words or "--browser" in words
    with open(os.path.join(ROOT, ".bootstrap.lock"), "w") as lock:  # `make run` and `make test` may start at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Who has the development tools keeps them when the locks change.
        install(dev or os.path.exists(stamp_file(True)))
        compile_messages()
    if "--browser" in words:
        provide_browser()
        provide_font()


def require_python():
    if sys.version_info >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which("python3.%d" % minor)
        if newer and run([newer, "-c", "import venv"]).returncode == 0:  # a shim may stand for nothing
            os.execv(newer, [newer, os.path.abspath(__file__)] + sys.argv[1:])
    raise Trouble(
        "Liandong needs Python 3.11 or newer, and this is %s (%s). Install a newer one and name it: `make run PYTHON=python3.12`."
        % (platform.python_version(), sys.executable)
    )


# Packages


def stamp_file(dev):
    return os.path.join(VENV, ".stamp-dev" if dev else ".stamp-run")


def stamp(dev):
    """What decides whether the installation is the right one."""
    with open(lock_file(dev), "rb") as lock:
        seen = hashlib.sha256(lock.read())
    seen.update(repr((ROOT, os.path.realpath(sys.executable), sys.version_info[:3], LAUNCHER)).encode())
    return seen.hexdigest()


def lock_file(dev):
    return os.path.join(ROOT, "requirements-dev.lock" if dev else "requirements.lock")


def install(dev):
    try:
        with open(stamp_file(dev)) as kept:
            if kept.read() == stamp(dev) and os.path.exists(PYTHON):
                return
    except OSError:
        pass
    say("Setting up (once) …")
    uv = shutil.which("uv")
    make_environment(uv)
    install_packages(uv, dev)
    install_ourselves()
    for old in (stamp_file(True), stamp_file(False)):
        if os.path.exists(old):
            os.unlink(old)
    with open(stamp_file(dev), "w") as kept:
        kept.write(stamp(dev))
    if dev:  # the development packages include all others
        with open(stamp_file(False), "w") as kept:
            kept.write(stamp(False))


def make_environment(uv):
    fits = os.path.exists(PYTHON) and run([PYTHON, "-c", "import sys; print(sys.version_info[:3], sys.prefix)"])
    if fits and fits.returncode == 0 and fits.stdout.strip() == "%s %s" % (tuple(sys.version_info[:3]), VENV):
        return
    if os.path.lexists(VENV):
        shutil.rmtree(VENV)
    if uv and run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, VENV]).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    made = run([sys.executable, "-m", "venv", VENV])
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        if "ensurepip" in made.stdout or "No module named venv" in made.stdout:
            raise Trouble("Python's venv is missing: `sudo apt install python3.%d-venv` (or python3-venv), then repeat." % sys.version_info[1])
        raise Trouble("The environment could not be made: " + reason(made.stdout))


def install_packages(uv, dev):
    if uv:
        done = run([uv, "pip", "sync", "--quiet", "--no-config", "--python", PYTHON, "--require-hashes", "--compile-bytecode", lock_file(dev)])
        if done.returncode == 0:
            return
    # Without uv, or with settings that only pip knows (a mirror, a proxy).
    if run([PYTHON, "-m", "pip", "--version"]).returncode:
        if run([PYTHON, "-m", "ensurepip", "--upgrade"]).returncode:
            raise Trouble("The packages could not be installed: " + reason(done.stdout if uv else "pip is missing"))
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries=2", "--timeout=20"]
    done = run(command + ["--no-deps", "--require-hashes", "-r", lock_file(dev)])
    if done.returncode:
        raise Trouble("The packages could not be installed: " + reason(done.stdout))


def install_ourselves():
    """A path file and a launcher: no build, no network."""
    site = run([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).stdout.strip()
    for old in glob.glob(os.path.join(site, "_editable_impl_liandong.pth")):
        os.unlink(old)
    with open(os.path.join(site, "liandong.pth"), "w") as path:
        path.write(os.path.join(ROOT, "src") + "\n")
    launcher = os.path.join(VENV, "bin", "liandong")
    with open(launcher, "w") as script:
        script.write(LAUNCHER.format(python=PYTHON))
    os.chmod(launcher, 0o755)


def compile_messages():
    for source in glob.glob(os.path.join(ROOT, "src", "liandong", "*", "locale", "*", "LC_MESSAGES", "*.po")):
        compiled = source[:-3] + ".mo"
        if not os.path.exists(compiled) or os.path.getmtime(compiled) < os.path.getmtime(source):
            done = run([PYTHON, "-m", "liandong.config.cli", "messages", "--compile"])
            if done.returncode:
                raise Trouble("The translations could not be compiled: " + reason(done.stdout))
            return


# Browser and font


def provide_browser():
    if find_browser():
        return
    if run_apt("chromium", "a browser for the tests") and find_browser():
        return
    say("Fetching a browser for the tests (once) …")
    done = run([PYTHON, "-m", "playwright", "install", "chromium"])
    if done.returncode or not find_browser():
        raise Trouble("The browser tests need Chromium or Chrome, which could not be fetched (%s): install it and repeat." % reason(done.stdout))


def find_browser():
    code = "from tests.support.browser import browser_program, own_browser; import os, sys;sys.exit(0 if browser_program() or own_browser() else 1)"
    return run([PYTHON, "-c", code], cwd=ROOT).returncode == 0


def provide_font():
    if sys.platform == "darwin":
        return
    if shutil.which("fc-list") and run(["fc-list", ":lang=zh"]).stdout.strip():
        return
    if not run_apt("fonts-noto-cjk", "a Chinese font for the tests"):
        say("No Chinese font was found: pictures of the browser tests will show boxes. Install one, e.g. fonts-noto-cjk.")


def run_apt(package, what):
    if os.geteuid() or not shutil.which("apt-get"):
        return False
    say("Installing %s (%s, once) …" % (package, what))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install_it = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    if run(install_it, env=environment).returncode == 0:
        return True
    run(["apt-get", "update", "-qq"], env=environment)
    return run(install_it, env=environment).returncode == 0


# Chores


def run(command, **options):
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, **options)
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, stdout=str(error))


NO_NETWORK = re.compile(
    r"name resolution|Name or service not known|dns error|Failed to establish|NewConnectionError|Connection refused|ConnectTimeout|timed out|"
    r"Network is unreachable|error sending request|Connection reset|ProxyError|nodename nor servname|Could not connect|Failed to fetch"
)


def reason(said):
    """Programs say much; a person needs one line."""
    if "No space left on device" in said:
        return "the disk is full. Free some space and repeat."
    if NO_NETWORK.search(said):
        return "no connection to the package index. Connect to the network, or set a mirror for pip or uv, and repeat."
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if re.search("error", line, re.I)]
    return (telling or lines or ["no reason given"])[-1]


def say(text):
    print("liandong: " + text, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Trouble as trouble:
        sys.exit("liandong: %s" % trouble)
    except KeyboardInterrupt:
        sys.exit("liandong: stopped.")
    except OSError as error:
        if error.errno in (28, 122):
            sys.exit("liandong: The disk is full: free some space and repeat.")
        sys.exit("liandong: %s (%s)" % (error.strerror, error.filename))
