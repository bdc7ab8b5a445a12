"""Stations, what is there, and who looked last. One module per matter; everything is imported from here."""

from liandong.stations.models.facts import Fact, Proof
from liandong.stations.models.rounds import InspectionRound, RoundStop
from liandong.stations.models.shelf import GreenExchange, GreenRate, ShelfItem, ShelfTaking
from liandong.stations.models.station import Kind, Station, StationAgreement, Subject
from liandong.stations.models.supplies import Fault, Supply
from liandong.stations.models.thanks import Thanks
from liandong.stations.models.visits import VisitCount, VisitHour, VisitSalt, VisitToken

__all__ = [
    "Fact",
    "Fault",
    "GreenExchange",
    "GreenRate",
    "InspectionRound",
    "Kind",
    "Proof",
    "RoundStop",
    "ShelfItem",
    "ShelfTaking",
    "Station",
    "StationAgreement",
    "Subject",
    "Supply",
    "Thanks",
    "VisitCount",
    "VisitHour",
    "VisitSalt",
    "VisitToken",
]
