"""What volunteers do in answer to the journal."""

from liandong.accounts.models import Person
from liandong.journal.models import Entry
from liandong.journal.reactions_registry import react
from liandong.volunteers import services


@react("person.merged")
def follow_the_person(entry: Entry) -> None:
    person = Person.objects.select_related("merged_into").get(pk=int(entry.on.split(":")[1]))
    if person.merged_into:
        services.move_person(person, into=person.merged_into)
