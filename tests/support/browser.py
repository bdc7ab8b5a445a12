"""A real browser on the live server: `page` is a phone, zh; `served` opens pages in any width and language."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import segno

# What a quiet Chromium needs as root, in a container, without a network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 860}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge"]
MAC_APPS = ["Google Chrome", "Chromium", "Microsoft Edge"]


def browser_program() -> str | None:
    """The browser of this machine; None means playwright's own, if it is installed."""
    if given := os.environ.get("LIANDONG_BROWSER"):
        return given
    for name in NAMES:
        if found := shutil.which(name):
            return found
    for app in MAC_APPS:
        program = Path(f"/Applications/{app}.app/Contents/MacOS/{app}")
        if program.exists():
            return str(program)
    return None


def own_browser() -> bool:
    """Whether playwright has fetched a browser of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def press(target) -> None:
    """Press a button or link that leads to another page, and wait until that page is there."""
    with target.page.expect_navigation():
        target.click()


def camera_showing(words: str, file: Path) -> list[str]:
    """What makes a browser's camera see a QR on white: `file` becomes a film of that one picture."""
    side, code = 480, list(segno.make(words, error="m", micro=False).matrix_iter(scale=8, border=6))
    edge = (side - len(code)) // 2
    light = bytearray(b"\xeb" * side * side)
    for y, line in enumerate(code):
        light[(y + edge) * side + edge : (y + edge) * side + edge + len(line)] = bytes(16 if dark else 235 for dark in line)
    frame = b"FRAME\n" + bytes(light) + b"\x80" * (side * side // 2)
    file.write_bytes(f"YUV4MPEG2 W{side} H{side} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 3)
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={file}"]


@pytest.fixture(scope="session")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser_program(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def served(live_server, browser) -> Iterator[Callable]:
    """`served(width="desk", language="en", javascript=False)` opens a fresh page (its own cookies) on the live server.

    A script error, a broken subresource or a refused inline style fails the test when it ends.
    """
    contexts, trouble = [], []

    def open_page(*, width: str = "phone", language: str = "zh", javascript: bool = True, color: str = "light"):
        context = browser.new_context(
            base_url=live_server.url,
            viewport=PHONE if width == "phone" else DESK,
            locale=LOCALES[language],
            java_script_enabled=javascript,
            color_scheme=color,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)  # a busy machine is no fault; what is there is there at once
        context.add_cookies([{"name": "lang", "value": {"zh": "zh-hans", "en": "en"}[language], "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(f"script error: {error}"))
        page.on("console", lambda message: trouble.append(message.text) if "Content Security Policy" in message.text else None)
        page.on("response", lambda answer: trouble.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def page(served):
    """A phone, 360 px wide, in Chinese."""
    return served()
