from .index import NewsIndexPage
from .post import PostAuthor, PostPage, PostQuerySet, RelatedPost
from .spotlight import SpotlightPage
from .taxonomy import Author, Series, Topic

__all__ = ["Author", "NewsIndexPage", "PostAuthor", "PostPage", "PostQuerySet", "RelatedPost", "Series", "SpotlightPage", "Topic"]
