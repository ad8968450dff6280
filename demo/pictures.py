"""The pictures and documents of the starting content, stored when a page first uses them."""

from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from cms.models import SiteDocument, SiteImage
from demo.fields import Entry
from demo.files import Mapping


class Media:
    """Stores pictures and documents, or finds existing ones by title. `made` has those that were stored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Any] = []
        self._known: dict[str, Any] = {}

    def picture(self, entry: Entry) -> SiteImage:
        image = SiteImage(**entry.fields)
        known = SiteImage.objects.filter(title=image.title, credit=image.credit)
        return self._find_or_store(image, known, self.folder / "pictures" / entry.head["file"])  # type: ignore[no-any-return]

    def document(self, item: Mapping) -> SiteDocument:
        document = SiteDocument(title=str(item["title"]), language=str(item.get("language", "")))
        file = self.folder / "files" / item["file"]
        known = SiteDocument.objects.filter(title=document.title, file__endswith=file.suffix)
        return self._find_or_store(document, known, file)  # type: ignore[no-any-return]

    def _find_or_store(self, row: Any, known: Any, file: Path) -> Any:
        if str(file) not in self._known:
            self._known[str(file)] = known.first() or self._store(row, file)
        return self._known[str(file)]

    def _store(self, row: Any, file: Path) -> Any:
        row.file = ContentFile(file.read_bytes(), name=file.name)
        if isinstance(row, SiteDocument):
            row.full_clean()
        row.save()
        self.made.append(row)
        return row

    def remove_files(self) -> None:
        """Delete the stored files after a rollback."""
        for row in self.made:
            row.file.storage.delete(row.file.name)
