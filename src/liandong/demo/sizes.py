"""How large a town is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    streets: int
    enterprises: int
    social: int
    teams: int
    volunteers: int
    residents: int
    needs: int
    hours: int
    served: int
    volunteers_a_shift: tuple[int, int]
    participants_a_shift: tuple[int, int]


SIZES = {
    "street": Size(1, 20, 6, 24, 1_000, 260, 340, 3_000, 6_000, (3, 8), (3, 9)),
    "district": Size(8, 160, 48, 496, 31_000, 4_000, 6_000, 180_000, 500_000, (5, 12), (1, 4)),
}
