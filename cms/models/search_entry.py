"""What the site's search reads of a page: a narrow row to order and count by, and the words it is found by."""

from collections.abc import Sequence
from typing import Any, Self

from django.db import models
from django.db.models import Case, F, Func, IntegerField, Lookup, Q, When
from wagtail.models import Page

from cms.page_privacy import private_paths

PAGE = "page"


class WordsField(models.TextField):
    """Words with a space between them, in a full-text index: that of a virtual table on SQLite, a tsvector on PostgreSQL."""

    def get_placeholder(self, _value: Any, _compiler: Any, connection: Any) -> str:
        return "%s" if connection.vendor == "sqlite" else "array_to_tsvector(array_remove(string_to_array(%s, ' '), ''))"

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


@WordsField.register_lookup
class AllWords(Lookup):  # type: ignore[type-arg]
    """`words__all=["nurs", "union"]`: all these words, in any order."""

    lookup_name = "all"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} MATCH %s", [*parameters, " AND ".join(f'"{word}"' for word in self.rhs)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", [*parameters, " & ".join(f"'{word}'" for word in self.rhs)]


class SearchWords(models.Model):
    """The stems of all readable text of a page, each once. Its table is made in migration 0002; `rowid` is the key of the page."""

    rowid = models.BigIntegerField(primary_key=True)
    words = WordsField()

    wagtail_reference_index_ignore = True

    class Meta:
        managed = False
        db_table = "cms_searchwords"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.rowid}"


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def public(self) -> Self:
        """Of live pages of the site without view restriction. An alias shows another page, which is here already."""
        closed = (Q(page__path__startswith=path) for path in private_paths())
        return self.filter(~Q(page__alias_of__isnull=False), *(~one for one in closed), page__live=True, page__depth__gt=1)

    def with_words(self, stems: Sequence[str]) -> Self:
        """Those whose page contains all these stems (`core.search_words`), found in the full-text index."""
        return self.filter(pk__in=SearchWords.objects.filter(words__all=stems).values("pk"))

    def best_first(self, stems: Sequence[str]) -> Self:
        """Most of the stems in the title first, then in the standfirst; of equals coalition pages, then the newest."""
        newest = F("day").desc(nulls_first=True)
        return self.order_by(_number_in("title_words", stems).desc(), _number_in("standfirst_words", stems).desc(), newest, "pk")


def _number_in(column: str, stems: Sequence[str]) -> Any:
    found = (Case(When(**{f"{column}__contains": f" {stem} "}, then=1), default=0) for stem in stems)
    return Func(*found, template="(%(expressions)s)", arg_joiner=" + ", output_field=IntegerField())


class SearchEntry(models.Model):
    """The row of a page, written whenever Wagtail indexes it (`cms.search_backend`)."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="+")
    kind = models.CharField(max_length=16)
    day = models.DateField(null=True)
    year = models.PositiveSmallIntegerField(null=True)
    title_words = models.TextField(help_text="The stems, each once, with a space before and after it.")
    standfirst_words = models.TextField()
    revision = models.IntegerField(null=True, help_text="The published revision. If the page has another, the row is stale.")

    objects = SearchEntryQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.page_id}"
