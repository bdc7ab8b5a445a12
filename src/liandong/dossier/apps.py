from django.apps import AppConfig


class DossierConfig(AppConfig):
    name = "liandong.dossier"
    label = "dossier"

    def ready(self) -> None:
        from liandong.dossier import invariants, notice_kinds  # noqa: F401 - they register themselves
        from liandong.dossier.queries.quality import GOOD_SHARE
        from liandong.honours import quality

        quality.register("rated", GOOD_SHARE)
