"""Names as they are searched: folded once, in a column, and compared with what is typed, folded alike. The same on every database.

It folds further than the keys by which organisations and people are told apart (`members/identity/keys.py`), which are stored in unique
columns: to find one name too many costs a look, to take two for one costs an endorsement.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from .due import due

MAX_QUERY_WORDS = 8
MAX_QUERY_LENGTH = 200
AT_ONCE = 20
MAX_CHARACTERS = 20_000
# Letters that Unicode does not decompose, and the plain letters that people type for them.
_LETTERS = str.maketrans(
    {"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l", "ŋ": "n", "œ": "oe", "ŧ": "t", "ə": "e"}
    | {"ƙ": "k", "ɓ": "b", "ɖ": "d", "ɗ": "d", "ɛ": "e", "ƒ": "f", "ɣ": "g", "ɩ": "i", "ɲ": "n", "ɔ": "o", "ʊ": "u", "ʋ": "v", "ƴ": "y"}
    | {"ɨ": "i", "ʉ": "u", "ƀ": "b", "ꞓ": "c", "ǥ": "g", "ɵ": "o", "ǝ": "e", "ƶ": "z", "ȼ": "c", "ɇ": "e", "ɉ": "j", "ɍ": "r", "ɏ": "y"}
    | {"ґ": "г", "є": "е", "ѣ": "е", "ѵ": "и", "ѳ": "ф", "ӏ": "", "ұ": "у", "ү": "у", "қ": "к", "ғ": "г", "ң": "н", "һ": "х", "ө": "о"}
    # Arabic as Arabs, Persians, Urdu speakers and Kurds type it; hamza is written or not.
    | {"ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ۓ": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ۃ": "ه", "ۀ": "ه", "ە": "ه", "ہ": "ه"}
    | {"ھ": "ه", "ۆ": "و", "ێ": "ي", "ڕ": "ر", "ڵ": "ل", "ء": "", "ـ": "", "&": " and ", "×": "x"}
)
# Voicing marks of Japanese, without which が would be か. Unicode counts them as accents.
_NOT_ACCENTS = frozenset("\u3099\u309a")
_DROPPED = frozenset(".'’‘`´ʻʼʹʾʿ′·・")
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# ü, ø and å are written ue, oe and aa where the keyboard lacks them.
_UMLAUTS = re.compile("([aou])e|a(?=a)")


class CharacterTable(dict[int, str]):
    """A table for `str.translate`, made as characters come up. It keeps the first thousands of them."""

    def __init__(self, translated: Callable[[str], str]):
        self.translated = translated

    def __missing__(self, code: int) -> str:
        text = self.translated(chr(code))
        if len(self) < MAX_CHARACTERS:
            self[code] = text
        return text


def fold_letters(text: str) -> str:
    """The text in lower case, composed, without accents, marks and invisible characters; digits of every script as 0-9."""
    if text.isascii():
        return text.lower().replace("&", " and ")
    text = text.replace("´", "").casefold()  # compatible with a space and an accent
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    return unicodedata.normalize("NFC", decomposed.translate(_FOLDED))


def _folded(char: str) -> str:
    if char.isascii():
        return char
    if unicodedata.combining(char):
        return char if char in _NOT_ACCENTS else ""
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    return "" if kind == "Cf" or _BLANK.match(char) else char


def _part_of_word(char: str) -> str:
    if char in _DROPPED:
        return ""
    return char if unicodedata.category(char)[0] in "LMN" else " "


_FOLDED, _PARTS_OF_WORDS = CharacterTable(_folded), CharacterTable(_part_of_word)


def search_words(text: str) -> list[str]:
    """The folded words of a name. Dots and apostrophes are dropped (U.S.A. is usa), other signs split; ü and ue, ø and oe are the same."""
    return _UMLAUTS.sub(r"\1", fold_letters(text).translate(_PARTS_OF_WORDS)).split()


def search_text(*parts: str) -> str:
    """Names as text to search in: "medecins lodz and co" for "Médecins, Łódź & Co." and the like."""
    return " ".join(word for part in parts if part for word in search_words(part))


def query_words(typed: str) -> list[str]:
    """The words to look for, each once; none if only signs were typed."""
    return list(dict.fromkeys(search_words(typed[:MAX_QUERY_LENGTH])))[:MAX_QUERY_WORDS]


def containing(column: str, words: Sequence[str]) -> Q:
    """The rows whose column contains all these words, or parts of words; none without words."""
    return Q(**{f"{column}__contains_words": list(words)}) if words else Q(pk__in=())


class SearchTextField(models.TextField):
    """The text of other columns to search in, set whenever the row is saved or updated (`SearchedQuerySet`).

    An empty one, as a former release writes it, is filled by `fill_search_texts`. Who must miss nobody looks at such rows one by one.
    An indexed one is for many rows (`core.name_index`).
    """

    def __init__(self, *sources: str, is_indexed: bool = False, **kwargs: Any):
        self.sources, self.is_indexed = sources, is_indexed
        defaults: dict[str, Any] = {"blank": True, "editable": False, "default": "", "db_default": ""}
        super().__init__(**defaults | kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        setattr(model_instance, self.attname, text_of(model_instance, self.sources))
        return getattr(model_instance, self.attname)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class SortKeyField(models.CharField):
    """A text in ASCII, made to be ordered by. Ordered by its bytes on every database, whatever language the database was made for."""

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        return parameters | {"collation": "C"} if connection.vendor == "postgresql" else parameters


class SearchedQuerySet(models.QuerySet[Any]):
    """An update of the columns that a search text is made of makes it anew: at once for a few rows, else by `fill_search_texts`."""

    def update(self, **values: Any) -> int:
        stale = [field for field in search_text_fields(self.model) if not values.keys().isdisjoint(field.sources)]
        if not stale:
            return super().update(**values)
        keys = list(self.order_by().values_list("pk", flat=True)[: AT_ONCE + 1])
        count = super().update(**{field.attname: "" for field in stale} | values)
        if len(keys) <= AT_ONCE:
            for row in self.model._base_manager.filter(pk__in=keys):
                _fill(row, stale)
        return count


class SearchedModel(models.Model):
    """A model with search texts. A save of some fields saves the texts made of them."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        if update_fields is not None:
            made = {field.attname for field in search_text_fields(type(self)) if not set(update_fields).isdisjoint(field.sources)}
            update_fields = {*update_fields, *made}
        super().save(*args, update_fields=update_fields, **kwargs)


def search_text_fields(model: type[models.Model]) -> list[SearchTextField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, SearchTextField)]


def text_of(row: Any, sources: tuple[str, ...]) -> str:
    return search_text(*(str(getattr(row, name) or "") for name in sources))


def fill(model: type[models.Model], column: str, sources: tuple[str, ...], *, portion: int = 500) -> int:
    """Fill the column of all rows, so many at once, and return how many changed. For migrations: `model` may be a historical one."""
    last, count = 0, 0
    while rows := list(model._base_manager.filter(pk__gt=last).order_by("pk").only("pk", column, *sources)[:portion]):
        changed = [row for row in rows if getattr(row, column) != text_of(row, sources)]
        for row in changed:
            setattr(row, column, text_of(row, sources))
        model._base_manager.bulk_update(changed, [column])
        last, count = rows[-1].pk, count + len(changed)
    return count


@due("search texts")
def fill_search_texts(now: datetime) -> str:
    """Fill the empty search texts of rows that a former release or an update has written."""
    count = 0
    for model in apps.get_models():
        for field in search_text_fields(model):
            empty = model._base_manager.filter(**{field.attname: ""}).exclude(**dict.fromkeys(field.sources, ""))
            count += sum(_fill(row, [field]) for row in empty.only("pk", *field.sources)[:500])
    return f"{count} filled" if count else ""


def _fill(row: models.Model, fields: list[SearchTextField]) -> int:
    """Store the texts of a row, unless another write came between."""
    read = {name: getattr(row, name) for field in fields for name in field.sources}
    texts = {field.attname: text for field in fields if (text := text_of(row, field.sources))}
    return type(row)._base_manager.filter(pk=row.pk, **read).update(**texts) if texts else 0
