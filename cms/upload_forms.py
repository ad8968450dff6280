"""The admin forms for pictures and documents: single, multiple, in choosers, for editing."""

from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.forms import FileField
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.models import AbstractImage

from .renditions import make_renditions
from .uploads import EMPTY, clean_picture, refuse_larger, validate_document

_LIBRARY = {"collection": _("A drawer of this library."), "tags": _("Words to find it by, separated by commas.")}


class PictureField(WagtailImageField):
    """Takes a picture of any kind that `clean_picture` reads. Its content says what it is; its name proves nothing."""

    default_validators = ()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.error_messages |= {"empty": EMPTY, "missing": _("Choose a picture."), "required": _("Choose a picture.")}

    def to_python(self, data: Any) -> File | None:
        """The re-encoded picture. Raises ValidationError for one that is too large or cannot be read."""
        file: File | None = FileField.to_python(self, data)
        if file is None:
            return None
        refuse_larger(file, settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
        return clean_picture(file)


class PictureForm(BaseImageForm):
    """A picture with alternative text, credit and licence."""

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
