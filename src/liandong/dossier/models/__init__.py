"""The volunteer's dossier 志愿服务档案: what Order 67 asks for beside the service itself, and how it travels."""

from liandong.dossier.models.belonging import Transfer
from liandong.dossier.models.claims import DossierClaim
from liandong.dossier.models.entries import DossierEntry, HonourEntry, ServiceEvaluation, TrainingEntry
from liandong.dossier.models.exchange import ExchangeProblem, ExchangeRun, OutsideRecord

__all__ = [
    "DossierClaim",
    "DossierEntry",
    "ExchangeProblem",
    "ExchangeRun",
    "HonourEntry",
    "OutsideRecord",
    "ServiceEvaluation",
    "TrainingEntry",
    "Transfer",
]
