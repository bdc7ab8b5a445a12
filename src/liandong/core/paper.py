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
    inputs = {"data": json.dumps(data, ensure_ascii=False, default=str)}
    return typst.compile(str(template), font_paths=fonts(), ignore_system_fonts=True, format="pdf", sys_inputs=inputs)


@cache
def fonts() -> list[str]:
    return [str(Path(noto_cjk_sans_otc.__file__).parent)]


def qr_svg(text: str, *, error: str = "m") -> str:
    """`error`: how much of it may be scratched off: l, m, q, h."""
    buffer = io.BytesIO()
    segno.make(text, error=error, micro=False).save(buffer, kind="svg", border=2, scale=4)
    return buffer.getvalue().decode()
