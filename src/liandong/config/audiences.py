"""Who each page is for. Every URL name stands here once; a guard fails for one that does not, and asks each page as a stranger and as each kind of person.

The audience is a promise about the door, not the right itself: rights are decided in each app's `permissions.py`.
"""

from typing import Literal

Audience = Literal["public", "person", "staff", "hub", "demo"]
# public   anybody, signed in or not
# person   anybody who is signed in
# staff    who holds a role in some body (organisation, territory, team); others get 403 or 404
# hub      who holds a role in the hub or is its administrator; others get 403 or 404
# demo     anybody, but only in the demo town; elsewhere it does not exist

AUDIENCES: dict[str, Audience] = {
    "ui:gallery": "public",
    "ui:display": "public",
    "ui:language": "public",
}
