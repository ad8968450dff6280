"""What every uploaded table is stored as, from the upload until it is imported."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.spreadsheets import Option


class Upload(models.Model):
    """An uploaded table. `content` is the file, erased after a week; `answers` is how it is to be read, where that had to be asked."""

    file_name = models.CharField(_("file"), max_length=160, blank=True)
    content = models.BinaryField(blank=True)
    answers = models.JSONField(null=True, default=dict)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(_("imported"), null=True)

    class Meta:
        abstract = True

    @property
    def settled(self) -> dict[str, str]:
        """The answers, by question (`core.spreadsheets.Unsettled`)."""
        return {question: value for question, (value, _label) in (self.answers or {}).items()}

    def settle(self, question: str, answer: Option | None) -> None:
        """Store an answer; None lets the question be asked again. Nothing is changed once the table is imported."""
        answers = {name: value for name, value in (self.answers or {}).items() if name != question}
        self.answers = {**answers, question: [answer.value, answer.label]} if answer else answers
        type(self)._default_manager.filter(pk=self.pk, done_at__isnull=True).update(answers=self.answers)
