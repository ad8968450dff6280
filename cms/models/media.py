"""Images and documents: what an editor uploads, and what the public may then fetch."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtail.images.models import AbstractImage, AbstractRendition, ImageQuerySet
from wagtail.search import index

from cms.cached import remembered
from cms.uploads import CleanPicture, clean_picture, validate_document


class SiteImageQuerySet(ImageQuerySet):
    def in_bulk(self, id_list: Any = None, **kwargs: Any) -> dict[Any, "SiteImage"]:
        """With their renditions: this is how a body loads its pictures, and each would else ask for its own."""
        load = super(SiteImageQuerySet, self.prefetch_related("renditions")).in_bulk
        if id_list is None or kwargs:
            return load(id_list, **kwargs)
        return remembered("picture", set(id_list) - {None}, load, lambda picture: bool(picture.renditions.all()))


class SiteDocumentQuerySet(DocumentQuerySet):
    def in_bulk(self, id_list: Any = None, **kwargs: Any) -> dict[Any, "SiteDocument"]:
        """This is how a body loads its documents."""
        load = super().in_bulk
        return load(id_list, **kwargs) if id_list is None or kwargs else remembered("document", set(id_list) - {None}, load)


class SiteImage(AbstractImage):
    """A picture with its alternative text (Wagtail's `description`), credit and licence.

    The stored file holds no EXIF, so no place and no camera: `save()` re-encodes each new file (`uploads.clean_picture`).
    """

    credit = models.CharField(
        _("credit"), max_length=160, blank=True, help_text=_("Who made the picture, as it should be shown: “Photo: A. Mwale”.")
    )
    licence = models.CharField(
        _("licence"),
        max_length=120,
        blank=True,
        help_text=_("Under which terms we may use it: “CC BY 4.0”, “with permission, 12 May 2021”. Shown beside the credit."),
    )

    objects = SiteImageQuerySet.as_manager()

    admin_form_fields = (
        *("title", "file", "description", "credit", "licence", "collection", "tags"),
        *("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height"),
    )

    search_fields = [*AbstractImage.search_fields, index.SearchField("credit")]

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = (("choose_image", "Can choose image"),)

    @property
    def default_alt_text(self) -> str:
        """The alternative text. Wagtail falls back to the title, which is often a file name read aloud; we do not."""
        return self.description

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ValidationError for a new file that is no sound picture; forms find that out before (cms/upload_forms.py)."""
        if self.file and not self.file._committed and not isinstance(self.file.file, CleanPicture):
            self.file.file = clean_picture(self.file)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


class SiteRendition(AbstractRendition):
    """A resized copy of a picture, made when a page is published."""

    image = models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="unique_rendition"),)


class SiteDocument(AbstractDocument):
    """A file for download, with the language it is written in."""

    language = models.CharField(
        _("language"), max_length=40, blank=True, help_text=_("In its own words: “English”, “Français”. Shown beside the link.")
    )

    objects = SiteDocumentQuerySet.as_manager()

    admin_form_fields = ("title", "file", "language", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = (("choose_document", "Can choose document"),)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With size and hash: Wagtail would store them when the first reader comes, and a GET changes nothing."""
        if self.file and not self.file._committed:
            self._set_document_file_metadata()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.file and not self.file._committed:
            try:
                validate_document(self.file)
            except ValidationError as error:
                raise ValidationError({"file": error}) from error
