"""A weekly line in words. Plain numbers in, a key out."""

from collections.abc import Sequence

UP, SLOWLY_UP, FLAT, DOWN, UP_AGAIN, FEW = "up", "slowly_up", "flat", "down", "up_again", "few"
LEAST = 6  # needs below which a line says nothing


def trend_of(weeks: Sequence[int]) -> str:
    """Compares the thirds of the line; a dip in the middle that is made up again has a word of its own."""
    total = sum(weeks)
    if total < LEAST or len(weeks) < 3:
        return FEW
    size = len(weeks) // 3
    first, last = sum(weeks[:size]) / size, sum(weeks[-size:]) / size
    middle = sum(weeks[size:-size]) / (len(weeks) - 2 * size)
    mean = total / len(weeks)
    if middle < 0.6 * min(first, last) and last >= 0.8 * first:
        return UP_AGAIN
    change = (last - first) / mean
    if change > 0.9:
        return UP
    if change > 0.3:
        return SLOWLY_UP
    return DOWN if change < -0.3 else FLAT
