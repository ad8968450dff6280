"""The admin forms for pictures and documents: single, multiple, in choosers, for editing."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.models import AbstractImage

from .renditions import make_renditions
from .uploads import DAMAGED, clean_picture, validate_document

_LIBRARY = {"collection": _("A drawer of this library."), "tags": _("Words to find it by, separated by commas.")}


class PictureField(WagtailImageField):
    """Wagtail's checks of type and size, with any other error for a damaged file turned into a ValidationError."""

    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except ValidationError:
            raise
        except Exception as error:
            raise ValidationError(DAMAGED) from error


class PictureForm(BaseImageForm):
    """Re-encodes an uploaded picture, and reports an error if that fails."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if file := self.fields.get("file"):
            self.fields["file"] = PictureField(label=file.label, required=file.required, widget=file.widget)

    class Meta(BaseImageForm.Meta):
        labels = {"description": _("Alternative text")}
        help_texts = {
            **_LIBRARY,
            "title": _("For finding it again here. Readers do not see it."),
            "description": _("What the picture shows, in one sentence, for those who cannot see it. Not who made it; not “picture of”."),
        }

    def clean_file(self) -> File:
        file: File = self.cleaned_data["file"]
        return clean_picture(file) if isinstance(file, UploadedFile) else file

    def save(self, commit: bool = True) -> AbstractImage:
        """Save the picture. If it replaces a file, pages may show it, so its renditions are made at once."""
        replaced = "file" in self.changed_data and bool(self.original_file)
        picture: AbstractImage = super().save(commit)
        if commit and replaced:
            make_renditions([picture])
        return picture


class DocumentForm(BaseDocumentForm):
    """Refuses a file whose content does not match its extension."""

    class Meta(BaseDocumentForm.Meta):
        help_texts = {
            **_LIBRARY,
            "title": _("As readers see it, unless a page gives it another."),
        }

    def clean_file(self) -> File:
        file: File = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            validate_document(file)
        return file
