"""Images and documents uploaded by editors."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, ImageQuerySet
from wagtail.search import index

from cms.cached import cached_rows
from cms.uploads import CleanPicture, clean_picture, validate_document

_WIDTH = re.compile(r"\bwidth-(\d+)")


class SiteImageQuerySet(ImageQuerySet):
    def in_bulk(self, id_list: Any = None, **kwargs: Any) -> dict[Any, "SiteImage"]:
        """Load images with their renditions, because StreamFields load their images by this method. Cached for public pages."""
        load = super(SiteImageQuerySet, self.prefetch_related("renditions")).in_bulk
        if id_list is None or kwargs:
            return load(id_list, **kwargs)
        return cached_rows("picture", set(id_list) - {None}, load, lambda picture: bool(picture.renditions.all()))


class SiteDocumentQuerySet(DocumentQuerySet):
    def in_bulk(self, id_list: Any = None, **kwargs: Any) -> dict[Any, "SiteDocument"]:
        """Cached for public pages, because StreamFields load their documents by this method."""
        load = super().in_bulk
        return load(id_list, **kwargs) if id_list is None or kwargs else cached_rows("document", set(id_list) - {None}, load)


class SiteImage(AbstractImage):
    """A picture with its alternative text (Wagtail's `description`), credit and licence.

    The stored file contains no EXIF data, such as location or camera: `save()` re-encodes each new file (`uploads.clean_picture`).
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
        """The alternative text. Wagtail falls back to the title, which is often a file name."""
        return self.description

    def get_renditions(self, *filters: Filter | str) -> dict[str, AbstractRendition]:
        """Wagtail's, without those that would be the same picture again, because no picture is enlarged."""
        different: dict[str, Filter | str] = {}
        for one in filters:
            different.setdefault(_WIDTH.sub(self._width_made, one if isinstance(one, str) else one.spec), one)
        return super().get_renditions(*different.values())

    def _width_made(self, asked: re.Match[str]) -> str:
        return f"width-{min(int(asked[1]), self.width)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Clean a new file. Raises ValidationError if it is no valid picture, which forms check first (cms/upload_forms.py)."""
        if self.file and not self.file._committed and not isinstance(self.file.file, CleanPicture):
            self.file.file = clean_picture(self.file)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


class SiteRendition(AbstractRendition):
    """A resized copy of a picture, made when a page with it is published."""

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
        """Save size and hash too. Wagtail would save them at the first request, but a GET must change nothing."""
        if self.file and not self.file._committed:
            self._set_document_file_metadata()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        # Not Wagtail's own: after the form has refused a file, it adds that the extension “” is not allowed.
        super(AbstractDocument, self).clean()
        if self.file and not self.file._committed:
            try:
                validate_document(self.file)
            except ValidationError as error:
                raise ValidationError({"file": error}) from error
