"""Numbers that states give, against python-stdnum where that one is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from liandong.core import numbers as n

digits = st.text("0123456789", min_size=1, max_size=20)
signs = st.text(n.USCC_SIGNS, min_size=9, max_size=9)


def stdnum_says(rule, value):
    try:
        return bool(rule.validate(value))
    except (ValidationError, KeyError, ValueError):
        return False


@given(
    place=st.sampled_from(["110101", "310104", "440606", "500101", "340524"]),
    born=st.dates(min_value=n.OLDEST_BIRTH, max_value=n.dt.date(2026, 1, 1)),
    serial=st.integers(0, 999),
    change=st.integers(0, 10),
)
def test_what_stdnum_takes_as_an_id_number_is_one_here(place, born, serial, change):
    first17 = f"{place}{born:%Y%m%d}{serial:03d}"
    right = first17 + n.check_digit(first17)
    assert n.is_id_number(right)
    other = first17 + n.ID_CHECKS[change]
    assert n.is_id_number(other) == (other == right)
    assert not stdnum_says(ric, other) or n.is_id_number(other)


def test_an_old_county_code_is_no_trouble():
    assert n.problem_of_id_number("34052419800101001X") == ""


@pytest.mark.parametrize(
    ("typed", "right", "words"),
    [
        ("１１０１０５１９４９１２３１００２ｘ", True, ""),
        ("110105 19491231 002x", True, ""),
        ("110105-19491231-002×", True, ""),
        ("110105194912310021", False, "The last character of this ID number does not fit the others. Please compare it with the card."),
        ("110105194913310021", False, "The day of birth in this ID number does not exist."),
        ("110105299912310021", False, "The day of birth in this ID number does not exist."),
        ("11010519491231002", False, "An ID number has 18 characters; this one has 17."),
        ("11010519491231002A", False, "An ID number is 17 digits and a last digit or X."),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", False, "An ID number is 17 digits and a last digit or X."),
        ("", False, "An ID number has 18 characters; this one has 0."),
    ],
)
def test_an_id_number_is_taken_as_people_write_it(typed, right, words):
    value = n.clean_number(typed)
    assert (n.is_id_number(value), n.problem_of_id_number(value)) == (right, words)


@given(first=st.sampled_from("123456789"), second=st.sampled_from(n.USCC_SIGNS[1:]), place=st.text("0123456789", min_size=6, max_size=6), body=signs)
def test_a_credit_code_that_begins_with_a_digit_is_judged_as_stdnum_does(first, second, place, body):
    first17 = first + second + place + body
    whole = first17 + n.uscc_check(first17)
    assert (not n.problem_of_uscc(whole), stdnum_says(uscc, whole) or not second.isdigit()) == (True, True)
    wrong = first17 + n.USCC_SIGNS[(n.USCC_SIGNS.index(whole[17]) + 1) % 31]
    assert (not n.problem_of_uscc(wrong), stdnum_says(uscc, wrong)) == (False, False)


@given(first=st.sampled_from("ANY"), body=signs)
def test_letters_stand_in_place_one_of_a_credit_code(first, body):
    first17 = f"{first}1110105{body}"
    assert not n.problem_of_uscc(first17 + n.uscc_check(first17))


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_look_like_digits_are_never_in_a_credit_code(letter):
    value = "9111000060003734" + letter + "L"
    assert n.problem_of_uscc(value) == (
        f"A credit code never holds “{letter}”; I, O, S, V and Z are not used. Please compare it with the certificate."
    )


@given(st.text(max_size=20))
def test_no_text_brings_a_trace(text):
    value = n.clean_number(text)
    for say in (n.problem_of_id_number, n.problem_of_uscc, lambda value: n.problem_of_document("passport", value)):
        assert isinstance(say(value), str)


@pytest.mark.parametrize(
    ("kind", "value", "right"),
    [
        ("hkm_permit", "H12345678", True),
        ("hkm_permit", "12345678", False),
        ("taiwan_permit", "12345678", True),
        ("passport", "E12345678", True),
        ("passport", "E1", False),
        ("hkmt_residence", "810000199408230021", True),
        ("foreign_card", "FR110199408230", False),
        ("foreign_card", "FRA110119940823", True),
    ],
)
def test_other_documents_have_their_shapes(kind, value, right):
    assert (n.problem_of_document(kind, value) == "") == right
