"""One style sheet and one script are served; their sources are many small files. No build step: stale bundles are remade when Django starts."""

import os
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static" / "ui"
LAYERS = "@layer reset, tokens, base, layout, components, states, print;\n"
FIRST = ("reset.css", "tokens.css", "base.css", "layout.css")


def css() -> str:
    """All sheets in order, without comments and indentation."""
    sources = sorted((STATIC / "css").glob("*.css"), key=lambda path: (FIRST.index(path.name) if path.name in FIRST else len(FIRST), path.name))
    text = LAYERS + "".join(path.read_text(encoding="utf-8") for path in sources)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s*\n\s*", "\n", text)
    return re.sub(r"\s*([{};])\s*", r"\1", re.sub(r":\s+(?=[^;{}]*[;}])", ":", text)).strip() + "\n"


def script() -> str:
    """All behaviours; start.js comes last and binds them."""
    sources = sorted((STATIC / "js").glob("*.js"), key=lambda path: (path.name == "start.js", path.name))
    lines = (line.strip() for path in sources for line in path.read_text(encoding="utf-8").splitlines())
    return '"use strict";(()=>{\nconst behaviours={};\n' + "\n".join(line for line in lines if line and not line.startswith("//")) + "\n})();\n"


def refresh() -> None:
    """Writes kit.css and kit.js when their sources say something else. Several processes may start at once: the file is swapped whole."""
    for name, text in (("kit.css", css()), ("kit.js", script())):
        target = STATIC / name
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        draft = target.with_name(f".{name}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, target)
