"""The copy of one's data is complete by construction: every key to a person has a meaning."""

from liandong.accounts.queries import ABOUT, ACTED, keys_to_people


def test_every_key_to_a_person_says_whether_the_row_is_about_them():
    unknown = {f"{model._meta.label}.{field.name}" for model, field in keys_to_people() if field.name not in ABOUT | ACTED}
    assert unknown == set()
