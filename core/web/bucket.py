"""Uploads in an S3 bucket that only the site can read; readers get pictures from the site itself (`core.web.media`)."""

from typing import Any

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class Bucket(S3Storage):
    """What is private lies beside what is public: an open bucket would hand out documents that came with an application."""

    def url(self, name: str, *_args: Any, **_kwargs: Any) -> str:
        """The address on the site, as with files on its own disk. Only the public ones are found there."""
        return f"{settings.MEDIA_URL}{filepath_to_uri(name)}"
