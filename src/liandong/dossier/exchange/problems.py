"""What can be wrong with an exchange file, in the reader's language."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SENTENCES: dict[str, Any] = {
    "not_zip": gettext_lazy("This is no zip file."),
    "too_large": gettext_lazy("The file is too large: at most %(most)s MB unpacked."),
    "odd_name": gettext_lazy("“%(name)s” does not belong into this file."),
    "encrypted": gettext_lazy("The file is locked with a password."),
    "no_manifest": gettext_lazy("manifest.json is missing."),
    "bad_manifest": gettext_lazy("manifest.json cannot be read: %(what)s"),
    "other_format": gettext_lazy("This is another format or version: %(value)s"),
    "missing_file": gettext_lazy("The manifest names this file, but it is not there."),
    "unlisted_file": gettext_lazy("The manifest does not name this file."),
    "wrong_digest": gettext_lazy("The digest does not fit: the file was changed after it was made."),
    "wrong_rows": gettext_lazy("The manifest says %(said)s lines, there are %(found)s."),
    "not_utf8": gettext_lazy("This line is not UTF-8."),
    "long_line": gettext_lazy("This line is too long."),
    "not_json": gettext_lazy("This line is no JSON object."),
    "missing": gettext_lazy("This field is missing or empty."),
    "unknown_field": gettext_lazy("This field does not belong here."),
    "wrong_kind": gettext_lazy("A value of the wrong kind: %(wanted)s is needed."),
    "too_long": gettext_lazy("Longer than %(most)s characters."),
    "not_a_code": gettext_lazy("“%(value)s” is none of the allowed values."),
    "not_a_date": gettext_lazy("“%(value)s” is no date like 2026-05-17."),
    "not_a_moment": gettext_lazy("“%(value)s” is no time with a time zone like 2026-05-17T09:00:00+08:00."),
    "future": gettext_lazy("This lies in the future."),
    "too_early": gettext_lazy("This lies too far in the past."),
    "id_wrong": gettext_lazy("%(what)s"),
    "phone_wrong": gettext_lazy("This is no mobile number of 11 digits."),
    "birth_differs": gettext_lazy("The day of birth does not fit the ID number."),
    "number_twice": gettext_lazy("This number stands in line %(line)s already."),
    "unknown_volunteer": gettext_lazy("volunteers.jsonl has nobody with the number %(value)s."),
    "minutes_range": gettext_lazy("Between 1 and %(most)s minutes, please."),
    "ends_before": gettext_lazy("The end lies before the beginning."),
    "more_than_span": gettext_lazy("%(minutes)s minutes do not fit between beginning and end."),
    "other_day": gettext_lazy("The day of service is not the day it began."),
    "overlap": gettext_lazy("Overlaps with line %(line)s of the same volunteer."),
    "over_24": gettext_lazy("More than 24 hours on %(day)s."),
    "masked": gettext_lazy("The file is masked: it can be read, but not taken in."),
    "overlap_here": gettext_lazy("At this time the person has a service recorded here already: %(number)s."),
    "over_24_here": gettext_lazy("Together with what is recorded here this is more than 24 hours on %(day)s."),
    "name_differs": gettext_lazy("This number belongs to somebody of another name here."),
    "other_person": gettext_lazy("This line was taken in for somebody else before."),
    "erased": gettext_lazy("This person had their data erased here, and is not taken in again."),
    "volunteer_refused": gettext_lazy("The volunteer of this line was not taken in."),
}


@dataclass(frozen=True)
class Problem:
    """Where, which field, what. Lines count from 1; 0 is the file as a whole."""

    file: str
    line: int
    field: str
    code: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return sentence(self.code, self.values)

    @property
    def place(self) -> str:
        return place_of(self.file, self.line)


def sentence(code: str, values: dict[str, Any]) -> str:
    return str(SENTENCES[code]) % values


def place_of(file: str, line: int) -> str:
    return _("%(file)s, line %(line)s") % {"file": file, "line": line} if line else file
