"""Paper: PDF set by typst from data, with an open Chinese font, so that nothing a person wrote acts as markup; and QR codes to stand on it."""

import datetime as dt
import io
import json
import re
import threading
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import segno
import typst

_one_at_a_time = threading.Lock()
_PAGE = re.compile(rb"/Type\s*/Page\b")  # typst packs what is written on pages, but not the list of them


def pdf(template: Path, data: dict[str, Any], *, at: dt.datetime | None = None) -> bytes:
    """`template` reads `data` as json(bytes(sys.inputs.data)). Tagged, PDF/A-2a; plain PDF where a letter is in no font of ours. The same data and moment give the same bytes."""
    try:
        return _compile(template, data, format="pdf", timestamp=_seconds(at), pdf_standards=["a-2a"])
    except typst.TypstError:
        return _compile(template, data, format="pdf", timestamp=_seconds(at))


_TOGETHER = b"""
#let say = json(bytes(sys.inputs.data))
#set document(title: say.title)
#set page(paper: "a4", margin: 0pt)
#for (name, pages) in say.files { for page-number in range(1, pages + 1) [#page(image(name, page: page-number, width: 100%, height: 100%))] }
"""


def together(folder: Path, names: list[str], *, title: str) -> bytes:
    """Papers of ours that lie in a folder, as one PDF to print, in this order. No PDF/A: what counts are the single ones."""
    files = [(name, len(_PAGE.findall((folder / name).read_bytes()))) for name in names]
    with _one_at_a_time:
        inputs = _inputs({"title": title, "files": files})
        return typst.compile(_TOGETHER, root=str(folder), ignore_system_fonts=True, format="pdf", sys_inputs=inputs)  # type: ignore[call-overload, no-any-return]


def pictures(template: Path, data: dict[str, Any], *, ppi: int) -> list[bytes]:
    """One PNG a page."""
    pages = _compile(template, data, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def _compile(template: Path, data: dict[str, Any], **options: Any) -> Any:
    with _one_at_a_time:
        return _compiler(template).compile(sys_inputs=_inputs(data), **options)


@cache
def _compiler(template: Path) -> typst.Compiler:
    """Kept warm: fonts and what did not change are not read again, which makes a page five times faster."""
    return typst.Compiler(str(template), font_paths=_fonts(), ignore_system_fonts=True)


def _seconds(at: dt.datetime | None) -> int | None:
    return int(at.timestamp()) if at else None


def _inputs(data: dict[str, Any]) -> dict[str, str]:
    return {"data": json.dumps(data, ensure_ascii=False, default=str)}


@cache
def _fonts() -> list[str]:
    return [str(Path(noto_cjk_sans_otc.__file__).parent)]


def qr_svg(text: str, *, error: str = "m", mask: int | None = None) -> str:
    """`error`: how much of it may be scratched off: l, m, q, h. `mask`: take this pattern instead of trying all eight, where a thousand are made at once."""
    buffer = io.BytesIO()
    segno.make(text, error=error, micro=False, mask=mask).save(buffer, kind="svg", border=2, scale=4)
    return buffer.getvalue().decode()
