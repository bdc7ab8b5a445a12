"""Files that come with a nomination: a picture without what the camera noted, or a PDF; known by their first bytes."""

from django.utils.translation import gettext as _

from liandong.core.errors import Refused
from liandong.venues import photos

LARGEST = 5 * 1024 * 1024


def cleaned(content: bytes) -> tuple[bytes, str]:
    if len(content) > LARGEST:
        raise Refused(_("At most 5 MB, please."), field="file")
    if content.startswith(b"%PDF-"):
        return content, "pdf"
    if content.startswith((photos.JPEG, photos.PNG)):
        return photos.cleaned(content)
    raise Refused(_("Please choose a picture or a PDF."), field="file")
