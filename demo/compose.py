"""From an entry to the values of its fields that point to other things: texts with links, pictures, menus.

The same code runs twice, to check and to build (see `stream.Targets`).
"""

from typing import Any

from cms.blocks.text import PLAIN
from cms.end_notes import problems as note_problems
from cms.models import Announcement, Navigation, SiteIdentity
from members.models import Organisation
from members.states import Role
from news.models import Author, NewsIndexPage, PostPage
from pages.models import HomePage

from . import sign_ons
from .reader import Content, Entry
from .source import Article, Lined, LinedList, Place, Problems, as_date, nearest
from .stream import Streams

MENUS = ("main_menu", "actions", "footer_menu")


def compose(made: Entry, streams: Streams) -> dict[str, Any]:
    """The values of the entry's linked fields; what is wrong with them goes to the streams' problems."""
    head, values = made.head, {}
    for key in ("lead_image", "portrait"):
        if head.get(key) is not None:
            values[key] = streams.targets.image(head[key], head.at(key))
    if made.model is Author and head.get("bio"):
        values["bio"] = streams.prose(head["bio"], head.at("bio"), PLAIN)
    if made.model is SiteIdentity:
        values["social_links"] = _stream(SiteIdentity, "social_links", head, streams)
    if made.model is Announcement and head.get("link_page"):
        values["link_page"] = streams.page(head["link_page"], head.at("link_page"))
    if made.article is not None:
        values |= _text(made, made.article, streams)
    return values


def _text(made: Entry, article: Article, streams: Streams) -> dict[str, Any]:
    head = made.head
    if made.model is HomePage:
        sections = streams.body(_block(HomePage, "sections"), article)
        return {"sections": sections, "actions": _stream(HomePage, "actions", head, streams)}
    if made.model is NewsIndexPage:
        if article.text.strip():
            streams.problems.add(Place(article.file, article.text_line), "The news listing writes itself. Leave the text empty.")
        return {}
    values = {"body": streams.body(_block(made.model, "body"), article)}
    if not article.text.strip():
        streams.problems.add(Place(article.file, article.text_line), "The text is missing. Write it below the head.")
    if issubclass(made.model, PostPage):
        values["notes"] = _stream(PostPage, "notes", head, streams)
        if wrong := note_problems(values["body"], values["notes"]):
            streams.problems.add(head.at("notes"), str(wrong))
    return values


def menus(navigation: Lined, streams: Streams) -> dict[str, Any]:
    """The values of the menus."""
    for key in navigation:
        if key not in MENUS:
            streams.problems.add(navigation.at(key), f"There is no menu “{key}”. Known: {', '.join(MENUS)}.")
    return {name: _stream(Navigation, name, navigation, streams) for name in MENUS}


def _block(model: Any, name: str) -> Any:
    return model._meta.get_field(name).stream_block


def _stream(model: Any, name: str, head: Lined, streams: Streams) -> Any:
    field = model._meta.get_field(name)
    return streams.stream(field.stream_block, head.get(name), head.at(name))


def check(content: Content, streams: Streams) -> None:
    """Notes everything in the files that points to nothing or does not fit, beyond what reading them showed."""
    problems = streams.problems
    for made in content.organisations.values():
        _check_roles(made, problems)
        _check_slugs(made, "themes", content.themes, problems)
    for made in content.posts.values():
        _check_post(made, content, problems)
        sign_ons.check(content.folder, made, problems)
    for made in content.authors.values():
        _check_slug(made.head, "organisation", content.organisations, problems)
    for group in (content.authors, content.pages, content.posts):
        for made in group.values():
            compose(made, streams)
    for single in (content.identity, content.announcement):
        if single is not None:
            compose(single, streams)
    if content.navigation is not None:
        menus(content.navigation, streams)
    _check_redirects(content, streams)


def _check_roles(made: Entry, problems: Problems) -> None:
    roles = made.head.get("roles")
    if not isinstance(roles, LinedList) or not roles:
        problems.add(made.head.at("roles"), f"“roles” must be a list, of {', '.join(Role.values)}.")
        return
    for role, place in roles.placed():
        if role not in Role.values:
            problems.add(place, f"There is no role “{role}”. Known: {', '.join(Role.values)}.")
    if {Role.MEMBER, Role.OBSERVER} <= set(roles):
        problems.add(made.head.at("roles"), "An organisation is a member or an observer, not both.")
    if made.model is Organisation and made.head.get("since") is not None:
        try:
            as_date(made.head["since"])
        except ValueError as error:
            problems.add(made.head.at("since"), str(error))


def _check_post(made: Entry, content: Content, problems: Problems) -> None:
    for key, known in (("authors", content.authors), ("topics", content.topics), ("related", content.posts)):
        _check_slugs(made, key, known, problems)
    _check_slug(made.head, "series", content.series, problems)
    if isinstance(made.head.get("person"), Lined):
        _check_slug(made.head["person"], "organisation", content.organisations, problems)
    start, end = made.fields.get("event_start"), made.fields.get("event_end")
    if start and end and end < start:
        problems.add(made.head.at("event"), "The event ends before it starts. Correct the dates.")
    if made.fields.get("part") and not made.head.get("series"):
        problems.add(made.head.at("part"), "A part belongs to a series. Name it, or take the part away.")


def _check_slugs(made: Entry, key: str, known: dict[str, Entry], problems: Problems) -> None:
    raw = made.head.get(key)
    if raw is None:
        return
    if not isinstance(raw, LinedList):
        problems.add(made.head.at(key), f"“{key}” must be a list.")
        return
    for number, (slug, place) in enumerate(raw.placed()):
        if not isinstance(slug, str) or slug not in known or known[slug] is made:
            problems.add(place, f"“{key}”: there is no “{slug}” to name here. {nearest(str(slug), known)}")
        elif slug in raw[:number]:
            problems.add(place, f"“{key}”: “{slug}” stands twice. Keep one.")


def _check_slug(head: Lined, key: str, known: dict[str, Entry], problems: Problems) -> None:
    if head.get(key) is not None and (not isinstance(head[key], str) or head[key] not in known):
        problems.add(head.at(key), f"“{key}”: there is no “{head[key]}”. {nearest(str(head[key]), known)}")


def _check_redirects(content: Content, streams: Streams) -> None:
    for item, place in content.redirects.placed() if content.redirects is not None else ():
        if not isinstance(item, Lined) or set(item) != {"from", "to"} or not all(isinstance(word, str) for word in item.values()):
            streams.problems.add(place, "A redirect has “from” (an old path) and “to” (page:/…/ or post:…).")
            continue
        if not item["from"].startswith("/"):
            streams.problems.add(item.at("from"), "An old path begins with a slash.")
        streams.targets.model_of(item["to"], item.at("to"))
