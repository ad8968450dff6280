"""Sample pictures from the image library, for block previews."""

from typing import Any

from wagtail import blocks
from wagtail.images import get_image_model


def sample_pictures(count: int) -> list[dict[str, Any]]:
    """Values for picture blocks with the newest images, at most `count`."""
    images = get_image_model().objects.order_by("-pk")[:count]
    return [{"image": image, "alt": image.description, "caption": image.title} for image in images]


class PicturedPreview(blocks.StructBlock):
    """A block with pictures in its preview, whose value `sample` returns."""

    def sample(self) -> dict[str, Any]:
        raise NotImplementedError

    def get_preview_value(self) -> Any:
        return self.normalize(self.sample())

    @property
    def is_previewable(self) -> bool:
        return True
