"""Makes the icon sprite from the Tabler outline set (MIT): `npm pack @tabler/icons`, unpack, then

    python scripts/vendor_icons.py package/icons/outline

Only the icons listed here are kept. Add a name, run again, commit the sprite and its checksum.
"""

import hashlib
import re
import sys
from pathlib import Path

NAMES = """
alert-octagon alert-triangle archive arrow-right award bell book briefcase building building-community
building-store calendar calendar-plus camera certificate chart-bar chart-line check chevron-down chevron-left chevron-right
chevron-up circle-check clipboard-check clipboard-text clock coin copy download edit eye eye-off file-import file-text filter
folder gift heart heart-handshake help history home id info-circle keyboard layout-dashboard link list lock logout map-pin
menu-2 message messages minus mood-happy mood-empty mood-sad mood-smile moon navigation phone photo plus printer qrcode
refresh repeat scan school search send settings share shield-check stack-2 star sun text-size ticket trash upload user
user-check user-plus users wifi-off hand-stop speakerphone x
adjustments armchair ban calendar-event checklist coins cup dots file-export
file-spreadsheet first-aid-kit flag gavel hourglass inbox login mail map-2 microwave pencil plug
air-conditioning baby-carriage bowl-chopsticks current-location door friends mug recycle scissors umbrella wifi
report-analytics shield sitemap table tag target tool wallet
""".split()  # noqa: SIM905 - a long list reads better as text

STATIC = Path(__file__).resolve().parent.parent / "src/liandong/ui/static/ui"


def symbol(source: Path, name: str) -> str:
    text = (source / f"{name}.svg").read_text(encoding="utf-8")
    inner = re.search(r"<svg[^>]*>(.*)</svg>", re.sub(r"<!--.*?-->", "", text, flags=re.S), re.S)
    if inner is None:
        raise SystemExit(f"{name}.svg is not an icon")
    body = re.sub(r">\s+<", "><", inner[1].strip()).replace(" />", "/>")
    body = re.sub(r'<path stroke="none"[^>]*/>', "", body)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def main(source: Path) -> None:
    note = "<!-- Tabler Icons, outline set. MIT licence, Copyright (c) 2020-2026 Pawel Kuna. https://tabler.io/icons -->"
    symbols = "\n".join(symbol(source, name) for name in sorted(set(NAMES)))
    sprite = STATIC / "icons.svg"
    sprite.write_text(f'{note}\n<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf-8")
    digest = hashlib.sha256(sprite.read_bytes()).hexdigest()
    listed = STATIC / "VENDORED"
    others = [line for line in listed.read_text(encoding="utf-8").splitlines() if "  icons.svg  " not in line]
    ours = f"{digest}  icons.svg  Tabler Icons outline set, MIT, https://tabler.io/icons"
    listed.write_text("\n".join([ours, *others]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
