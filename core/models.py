"""The one table of the plumbing: a counter that says whether a cached public page is still true."""

from django.db import models


class ContentVersion(models.Model):
    """A single row (pk 1). Its number is another one after every change of public content, on every host at once."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = "content version"

    def __str__(self) -> str:
        return str(self.number)
