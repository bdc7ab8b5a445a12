"""Paper: PDF set by typst from data, with an open Chinese font, so that nothing a person wrote acts as markup; and QR codes to stand on it."""

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import segno
import typst


def pdf(template: Path, data: dict[str, Any]) -> bytes:
    """`template` reads `data` as json(bytes(sys.inputs.data))."""
    return typst.compile(str(template), font_paths=_fonts(), ignore_system_fonts=True, format="pdf", sys_inputs=_inputs(data))


def pictures(template: Path, data: dict[str, Any], *, ppi: int) -> list[bytes]:
    """One PNG a page."""
    pages = typst.compile(str(template), font_paths=_fonts(), ignore_system_fonts=True, format="png", ppi=ppi, sys_inputs=_inputs(data))
    return pages if isinstance(pages, list) else [pages]


def _inputs(data: dict[str, Any]) -> dict[str, str]:
    return {"data": json.dumps(data, ensure_ascii=False, default=str)}


@cache
def _fonts() -> list[str]:
    return [str(Path(noto_cjk_sans_otc.__file__).parent)]


def qr_svg(text: str, *, error: str = "m") -> str:
    """`error`: how much of it may be scratched off: l, m, q, h."""
    buffer = io.BytesIO()
    segno.make(text, error=error, micro=False).save(buffer, kind="svg", border=2, scale=4)
    return buffer.getvalue().decode()
