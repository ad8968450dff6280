"""Blocks for pictures, recordings, documents and people."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from cms.recordings import Provider, find_provider

from .samples import PicturedPreview, sample_pictures
from .text import PROSE


class PictureValue(blocks.StructValue):
    """The value of a picture. `alt_text` is what a screen reader says, '' for decoration."""

    @property
    def alt_text(self) -> str:
        if self.get("decorative"):
            return ""
        image = self.get("image")
        return self.get("alt") or (image.description if image else "")


class PictureBlock(PicturedPreview):
    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("Alternative text"),
        required=False,
        max_length=255,
        help_text=_("What somebody who cannot see the picture should know. Empty: the text stored with the picture."),
    )
    decorative = blocks.BooleanBlock(
        label=_("Only decoration"), required=False, help_text=_("Tick when the picture says nothing that the text does not.")
    )
    caption = blocks.CharBlock(
        label=_("Caption"), required=False, max_length=300, help_text=_("Credit and licence are added from the picture.")
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if not self.is_deferred_validation and not value.get("decorative") and not value.alt_text:
            raise StructBlockValidationError({"alt": ValidationError(_("Describe the picture, or tick “Only decoration”."))})
        return value

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _("One picture with its caption and credit.")
        template = "blocks/picture.html"
        value_class = PictureValue

    def sample(self) -> dict[str, Any]:
        return next(iter(sample_pictures(1)), {})


class GalleryBlock(PicturedPreview):
    pictures = blocks.ListBlock(PictureBlock(), label=_("Pictures"), min_num=2, max_num=24)

    class Meta:
        icon = "grip"
        label = _("Gallery")
        description = _("Several pictures side by side.")
        template = "blocks/gallery.html"

    def sample(self) -> dict[str, Any]:
        return {"pictures": sample_pictures(3)}


class RecordingValue(blocks.StructValue):
    """The value of a recording. The provider is determined from the URL; nothing is fetched."""

    @property
    def provider(self) -> Provider | None:
        return find_provider(self.get("url") or "")


class RecordingBlock(blocks.StructBlock):
    url = blocks.URLBlock(
        label=_("Address of the recording"), help_text=_("From YouTube, Vimeo or another place. It opens only when a reader asks for it.")
    )
    title = blocks.CharBlock(label=_("Title"), max_length=160, help_text=_("What it is a recording of."))
    poster = ImageChooserBlock(label=_("Still picture"), required=False, help_text=_("Shown before the recording is opened."))
    duration = blocks.CharBlock(label=_("Length"), required=False, max_length=40, help_text=_("For example “48 minutes”."))
    transcript = blocks.RichTextBlock(
        label=_("Transcript or summary"),
        required=False,
        features=PROSE,
        help_text=_("For those who cannot hear or cannot afford the data."),
    )

    class Meta:
        icon = "media"
        label = _("Recording")
        description = _("A video or sound recording. Nothing is loaded from elsewhere until a reader opens it.")
        template = "blocks/recording.html"
        value_class = RecordingValue
        preview_value = {"url": "https://vimeo.com/76979871", "title": _("Briefing for civil society"), "duration": "48 min"}


class DocumentItemValue(blocks.StructValue):
    """The value of a resource. `href`, `kind` and `size` are those of the uploaded file, if there is one."""

    @property
    def href(self) -> str:
        document = self.get("document")
        return document.url if document else self.get("url") or ""

    @property
    def name(self) -> str:
        document = self.get("document")
        return self.get("title") or (document.title if document else "")

    @property
    def kind(self) -> str:
        document = self.get("document")
        return document.file_extension.upper() if document else ""

    @property
    def size(self) -> int | None:
        document = self.get("document")
        return document.get_file_size() if document else None

    @property
    def written_in(self) -> str:
        document = self.get("document")
        return self.get("language") or (document.language if document else "")


class DocumentItemBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Uploaded document"), required=False, help_text=_("Its type and size are shown by themselves."))
    url = blocks.URLBlock(label=_("Or an address elsewhere"), required=False, help_text=_("When the document is not ours to keep."))
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=200, help_text=_("Empty: the document's own title."))
    language = blocks.CharBlock(label=_("Language"), required=False, max_length=40, help_text=_("In its own words: “English”, “Français”."))
    note = blocks.CharBlock(
        label=_("What it is"), required=False, max_length=250, help_text=_("One line: “Guide for national reports, 12 pages”.")
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if self.is_deferred_validation:
            return value
        if not value.href:
            raise StructBlockValidationError({"document": ValidationError(_("Choose a document or give an address."))})
        if not value.name:
            raise StructBlockValidationError({"title": ValidationError(_("Give the resource a title."))})
        return value

    class Meta:
        icon = "doc-full"
        label = _("Resource")
        value_class = DocumentItemValue


class DocumentsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120, help_text=_("A heading over the list. Empty: none."))
    items = blocks.ListBlock(DocumentItemBlock(), label=_("Resources"), min_num=1)

    class Meta:
        icon = "doc-full-inverse"
        label = _("Resources")
        description = _("Documents and links, each with its type, size and language.")
        template = "blocks/documents.html"
        preview_value = {"title": _("Resources"), "items": [{"url": "https://www.who.int/", "title": "WHO", "language": "English"}]}


class PeopleBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120, help_text=_("A heading over the people. Empty: none."))
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("name", blocks.CharBlock(label=_("Name"), max_length=120)),
                (
                    "role",
                    blocks.CharBlock(
                        label=_("Role"), required=False, max_length=160, help_text=_("For example “Chair of the steering committee”.")
                    ),
                ),
                (
                    "organisation",
                    blocks.CharBlock(
                        label=_("Organisation"), required=False, max_length=160, help_text=_("The one the person speaks for.")
                    ),
                ),
                ("portrait", ImageChooserBlock(label=_("Portrait"), required=False, help_text=_("Only with the person's consent."))),
                (
                    "email",
                    blocks.EmailBlock(
                        label=_("Public e-mail address"), required=False, help_text=_("Rather a role address than a person's own.")
                    ),
                ),
            ],
            icon="user",
        ),
        label=_("People"),
        min_num=1,
    )

    class Meta:
        icon = "group"
        label = _("People")
        description = _("People or roles with organisation and contact.")
        template = "blocks/people.html"
        preview_value = {"items": [{"name": _("Name"), "role": _("Role"), "organisation": _("Organisation")}]}
