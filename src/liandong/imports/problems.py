"""What is said about files and cells: by code, so that it is stored once and read in the reader's language. Apps add theirs with `register`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

MESSAGES: dict[str, Any] = {
    # Files
    "file_empty": _("The file is empty."),
    "file_too_big": _("The file has %(size)s MB; at most %(most)s MB can be read."),
    "file_too_big_inside": _("The file is small but unpacks to more than can be read. Copy the list into a new workbook and save it as xlsx."),
    "file_too_slow": _("Reading the file took too long. Copy the list into a new workbook and save it as xlsx."),
    "file_broken": _("The file cannot be read: it is damaged or of a kind that is not known. Open it in Excel or WPS and save it as xlsx."),
    "file_locked": _("The file is protected by a password. Save it without one and try again."),
    "file_no_table": _("This is not a table. Bring an Excel file (xlsx, xls) or a text table (csv)."),
    "file_with_entities": _("The file holds a document type declaration, which no office program writes. It was not read."),
    "too_many_rows": _("The sheet has more than %(most)s rows. Split the list and bring the parts one by one."),
    "too_many_columns": _("The sheet has %(columns)s columns; at most %(most)s can be read."),
    # Rows
    "name_missing": _("The name is missing."),
    "name_is_no_name": _("“%(value)s” is not a name."),
    "name_too_long": _("The name has %(length)s characters; at most 50 can be kept."),
    "formula": _("It begins like a formula. It was kept as plain text; please check it."),
    "text_cut": _("The text has %(length)s characters; the first %(longest)s were kept."),
    "list_cut": _("Some entries were too long or too many and were left out."),
    # Cells
    "date_impossible": _("There is no day “%(value)s”."),
    "date_incomplete": _("“%(value)s” is not a whole date; it was left out."),
    "date_unreadable": _("“%(value)s” cannot be read as a date; it was left out."),
    "date_ambiguous": _("“%(value)s” was read as month/day/year."),
    "birth_not_believable": _("Nobody alive was born on %(value)s; it was left out."),
    "id_ruined": _(
        "Excel has rounded the ID number (%(value)s); the last digits are lost. The row goes in without it. Format the column as text and type it again."
    ),
    "id_checksum": _("The ID number %(value)s has a mistake: the check digit does not fit. The row goes in without it."),
    "id_date": _("The ID number %(value)s holds no possible day of birth. The row goes in without it."),
    "id_length": _("The ID number %(value)s has %(length)s characters instead of 18. The row goes in without it."),
    "id_masked": _("The ID number %(value)s is masked. The row goes in without it."),
    "id_other": _("%(value)s is not a resident ID number. The row goes in without it."),
    "birth_contradicts_id": _("The day of birth %(value)s does not fit the ID number, which says %(known)s. The ID number counts."),
    "sex_contradicts_id": _("The sex does not fit the ID number. The ID number counts."),
    "phone_digits": _("The phone number %(value)s has %(count)s digits; a mobile number has 11. It was left out."),
    "phone_ruined": _("Excel has shortened the phone number (%(value)s). It was left out."),
    "phone_landline": _("%(value)s is a landline. Only mobile numbers are kept for people."),
    "phone_several": _("There are several phone numbers; the first mobile number was taken."),
    "phone_unreadable": _("“%(value)s” is not a phone number."),
    "sex_unreadable": _("“%(value)s” is neither male nor female; it was left out."),
    "yes_no_unreadable": _("“%(value)s” is neither yes nor no; it was left out."),
    "hours_about": _("“%(value)s” was taken as the number that stands in it."),
    "hours_unreadable": _("“%(value)s” cannot be read as hours; it was left out."),
    "hours_not_believable": _("%(value)s hours are more than a person can give; they were left out."),
    "count_about": _("“%(value)s” was taken as the number that stands in it."),
    "count_unknown": _("“%(value)s”: how many people was left open."),
    "count_unreadable": _("“%(value)s” cannot be read as a number of people; it was left out."),
    # People
    "twin": _("The same person as in row %(row)s; joined."),
    "only_name": _("Only a name is known: no phone, no day of birth, no ID number. Namesakes cannot be told apart."),
    "name_differs": _("Known as %(known)s, here %(value)s. The name was not changed."),
    "phone_differs": _("Known with the phone %(known)s, here %(value)s. The number was not changed."),
    "birth_differs": _("Another day of birth is known for this person. It was not changed."),
    "sex_differs": _("Another sex is known for this person. It was not changed."),
    "id_differs": _("Another person with this name and phone but another ID number is known. This one was entered as a new person."),
    # Undoing
    "kept_changed": _("changed since"),
    "kept_used": _("used elsewhere since"),
    "kept_whole": _("belongs to a row that stays"),
}

SKIPPED: dict[str, Any] = {
    "total": _("Row of sums"),
    "footnote": _("Note under the table"),
    "blank": _("Blank row"),
    "header_again": _("Repeated header"),
}


def register(messages: Mapping[str, Any]) -> None:
    MESSAGES.update(messages)


def text_for(code: str, values: Mapping[str, Any] | None = None) -> str:
    """The sentence in the language of whoever reads it now."""
    try:
        return str(MESSAGES[code]) % dict(values or {})
    except (KeyError, TypeError, ValueError):
        return str(MESSAGES.get(code, code))


def plain(code: str) -> str:
    """The sentence without its values, to count rows by: what stood in the cell becomes “…”."""

    class Dots(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "…"

    return str(MESSAGES.get(code, code)) % Dots()
