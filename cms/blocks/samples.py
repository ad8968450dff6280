"""Sample pictures for block previews: whatever the library holds, so that a preview shows the coalition's own world."""

from typing import Any

from wagtail import blocks
from wagtail.images import get_image_model


def sample_pictures(count: int) -> list[dict[str, Any]]:
    """Picture values with the newest images of the library; fewer when it holds fewer."""
    images = get_image_model().objects.order_by("-pk")[:count]
    return [{"image": image, "alt": image.description, "caption": image.title} for image in images]


class PicturedPreview(blocks.StructBlock):
    """A block whose preview needs pictures: it says which value they make."""

    def sample(self) -> dict[str, Any]:
        raise NotImplementedError

    def get_preview_value(self) -> Any:
        return self.normalize(self.sample())

    @property
    def is_previewable(self) -> bool:
        return True
