"""Stars by rule sets, awards, thanks."""

from django.db import models


class StarRule(models.Model):
    """A version of the local rule for stars: how many hours each star asks for."""

    version = models.PositiveIntegerField(unique=True)
    star_hours = models.JSONField(default=list)
    source = models.CharField(max_length=200, blank=True)
    from_date = models.DateField()

    def __str__(self) -> str:
        return f"v{self.version}"
