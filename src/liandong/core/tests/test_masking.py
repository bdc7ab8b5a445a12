"""Masks show enough to recognise, not enough to know."""

import pytest

from liandong.core.masking import mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张明", "张*"), ("张小明", "张*明"), ("欧阳娜娜", "欧阳**"), ("John Smith", "J*** S***"), ("买买提·吐尔逊", "买**"), ("李", "李*"), ("", "")],
)
def test_a_name_is_masked_by_its_form(name, masked):
    assert mask_name(name) == masked


def test_phone_and_id_number_keep_their_ends():
    assert mask_phone("13812341234") == "138****1234"
    assert mask_id_number("11010119900101123X") == "1101**********123X"
    assert mask_phone("") == ""
