"""Uploads that are too large get an answer beside their field, and the rest of the form is kept."""

from io import BytesIO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest


class LargeFileHandler(FileUploadHandler):
    """Throws away the content of a file that is larger than `limit` bytes, but not its name and size: the form refuses it by those."""

    def __init__(self, request: HttpRequest, limit: int):
        super().__init__(request)
        self.limit = limit

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start + len(raw_data) <= self.limit else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if file_size <= self.limit:
            return None  # the next handler has it
        return UploadedFile(BytesIO(), self.file_name, self.content_type, file_size, self.charset)
