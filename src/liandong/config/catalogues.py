"""Translation catalogues: one per app, extracted and compiled by Babel, so nobody needs GNU gettext.

Source text is plain English; `locale/zh_Hans/LC_MESSAGES/django.po` holds the Chinese. The files are sorted and carry no line numbers or dates, so a
change of code that changes no text changes no catalogue.
"""

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HAN = re.compile(r"[\u3400-\u9fff\uff01-\uff5e\u3001-\u3011]")
SKIPPED = {"tests", "migrations", "locale", "static"}

Text = tuple[str | tuple[str, ...], str | None, list[str]]


def apps(names: Sequence[str] = ()) -> list[Path]:
    return [folder for folder in sorted(PACKAGE.iterdir()) if (folder / "__init__.py").exists() and (not names or folder.name in names)]


def po_file(app: Path) -> Path:
    return app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def update(names: Sequence[str] = ()) -> int:
    """Extract, keep every translation, drop what the code no longer says, compile. Returns 0."""
    open_entries = 0
    for app in apps(names):
        catalogue, text = merged(app)
        file = po_file(app)
        if len(catalogue):
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                file.write_text(text, encoding="utf-8")
            missing = sum(1 for message in entries(catalogue) if untranslated(message))
            open_entries += missing
            print(f"{app.name}: {len(catalogue)} texts, {missing} untranslated")
        elif file.exists():
            file.unlink()
    compile_all(names)
    if open_entries:
        print(f"{open_entries} texts have no translation yet.")
    return 0


def compile_all(names: Sequence[str] = ()) -> None:
    """Write a .mo beside every .po that is newer."""
    for app in apps(names):
        source = po_file(app)
        target = source.with_suffix(".mo")
        if source.exists() and not (target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns):
            buffer = io.BytesIO()
            write_mo(buffer, read(source))
            target.write_bytes(buffer.getvalue())


def check(names: Sequence[str] = ()) -> int:
    """1 and a list of what is wrong, or 0."""
    problems = list(found_problems(names))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def found_problems(names: Sequence[str] = ()) -> Iterator[str]:
    said: dict[tuple[str, str | None], dict[str, list[str]]] = {}
    for app in apps(names):
        catalogue, text = merged(app)
        file = po_file(app)
        if (file.read_text(encoding="utf-8") if file.exists() else "") != (text if len(catalogue) else ""):
            yield f"{app.name}: the catalogue is not up to date; run `make messages`"
        for message in entries(catalogue):
            shown = f"{app.name}: {message.id!r}" + (f" ({message.context})" if message.context else "")
            source = joined(message.id)
            if HAN.search(source):
                yield f"{shown}: source texts are English"
            if untranslated(message):
                yield f"{shown}: not translated"
                continue
            if message.fuzzy:
                yield f"{shown}: marked fuzzy"
            translation = joined(message.string)
            if placeholders(source) != placeholders(translation):
                yield f"{shown}: placeholders differ from {translation!r}"
            said.setdefault((source, message.context), {}).setdefault(translation, []).append(app.name)
    for (source_id, _context), translations in said.items():
        if len(translations) > 1:
            listed = ", ".join(f"{translation!r} in {'/'.join(where)}" for translation, where in translations.items())
            yield f"{source_id!r}: {listed}: one text, one translation (or tell them apart by a context)"


def merged(app: Path) -> tuple[Catalog, str]:
    """What the code of an app says now, with the translations of its catalogue; and the same as the text of the file."""
    kept = read(po_file(app)) if po_file(app).exists() else empty()
    fresh = empty()
    for identity, context, comments in sorted(extracted(app), key=str):
        # A singular and its plural are one entry; `_("day")` beside `ngettext("day", "days")` must not become two.
        known = fresh.get(identity[0] if isinstance(identity, tuple) else identity, context)
        if known is not None and isinstance(known.id, tuple) and not isinstance(identity, tuple):
            continue
        before = kept.get(identity[0] if isinstance(identity, tuple) else identity, context)
        string = before.string if before is not None and isinstance(before.id, tuple) == isinstance(identity, tuple) else None
        flags = {"fuzzy"} if before is not None and before.fuzzy and string else set()
        fresh.add(identity, string, context=context, auto_comments=comments, flags=flags)
    buffer = io.BytesIO()
    write_po(buffer, fresh, no_location=True, sort_output=True, width=0, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {LOCALE}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    return fresh, head + buffer.getvalue().decode().strip() + "\n"


def empty() -> Catalog:
    return Catalog(locale=LOCALE, domain="django", fuzzy=False)


def read(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=LOCALE, domain="django")


def entries(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def untranslated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return not all(strings)


def joined(text: Any) -> str:
    """Singular and plural as one text."""
    return " ".join(text) if isinstance(text, (tuple, list)) else text or ""


def placeholders(text: str) -> set[str]:
    """Named ones only: a Chinese sentence may leave out an English plural's number, never a name it does not know."""
    return set(re.findall(r"%\((\w+)\)[sd]", text)) | set(re.findall(r"\{(\w+)\}", text))


def extracted(app: Path) -> Iterator[Text]:
    seen = set()
    for file in sorted(app.rglob("*")):
        if file.suffix not in {".py", ".html", ".txt"} or SKIPPED & set(file.relative_to(app).parts[:-1]):
            continue
        if file.suffix != ".py" and "templates" not in file.parts:
            continue
        for identity, context, comments in texts_of(file):
            if (identity, context) not in seen:
                seen.add((identity, context))
                yield identity, context, comments


def texts_of(file: Path) -> Iterator[Text]:
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        from django.utils.translation.template import templatize

        # Brackets around it all: the blanked-out page has no indentation that Python would understand.
        text = f"(\n{templatize(text, origin=str(file))}\n)"
    try:
        found: list[Any] = list(extract_python(io.BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}))
    except (tokenize.TokenError, SyntaxError) as error:
        raise SystemExit(f"{file}: {error}") from error
    for _line, function, messages, comments in found:
        parts = list(messages) if isinstance(messages, (tuple, list)) else [messages]
        context = parts.pop(0) if function.removesuffix("_lazy") in {"pgettext", "npgettext"} else None
        plural = function.removesuffix("_lazy") in {"ngettext", "npgettext"}
        if not parts or not parts[0] or (plural and (len(parts) < 2 or not parts[1])):
            continue  # a variable, not a text
        yield (tuple(parts[:2]) if plural else parts[0]), context, comments
