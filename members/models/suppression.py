"""Who asked not to be written to."""

from django.db import models
from django.utils import timezone


class Suppression(models.Model):
    """An address whose owner said "this was not me". Only its HMAC is kept, for ever: it is the promise not to write again."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "suppression"
        default_permissions = ()

    def __str__(self) -> str:
        return f"Suppression {self.pk}"
