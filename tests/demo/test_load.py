"""The starting content: complete and true to the facts once loaded, and refused as a whole when a file is wrong."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.blocks import RichTextBlock, StreamValue
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from cms.blocks.text import PROSE
from cms.models import Announcement, Navigation, SiteDocument, SiteIdentity, SiteImage
from demo.loader import Loader, Occupied, load_demo
from members.models import Organisation
from members.states import Role
from news.models import Author, NewsIndexPage, PostPage, SpotlightPage, Topic
from news.states import Kind
from pages.models import ContentPage, HomePage, WorkingGroupPage

pytestmark = [pytest.mark.one_database, pytest.mark.begins_first]

# Title, kind, date where it is known, byline; newest first, as in the archive.
ARCHIVE = [
    (
        "Briefing Recording and Resources - Why and How Civil Society Can Contribute to the 4th Round of WHO Code Reporting",
        "briefing",
        (2021, 8),
        True,
    ),
    ("Come Together for Bold Civil Society Action for Human Resources for Health", "declaration", date(2021, 4, 7), True),
    ("A Renewed, Lively and Democratic Civil Society Coalition", "news", (2021,), True),
    ("On the COVID-19 pandemic and health worker shortages & mobility", "opinion", (2020, 11), None),
    (
        "Key messages from Public Services International (PSI) on the WHO Code of Practice in the context of COVID-19",
        "key_messages",
        date(2020, 11, 4),
        None,
    ),
    ("Member Spotlight: Denis Bukenya", "spotlight", (2020,), True),
    ("Invest in health workers: for the present COVID-19 crisis and future health system resilience", "open_letter", (2020, 4), True),
    (
        "How does the international migration of health professionals affect gender equity in the health workforce?",
        "opinion",
        (2020,),
        "Katie Fox",
    ),
    ("Invest in the Health Workforce: That is how we keep the UHC promise", "opinion", date(2019, 12, 11), None),
    ("Statement on Abduction Dr Magombeyi", "statement", (2019, 9), True),
    ("Reviewing the Code: Two insights and a concern", "event_report", (2019,), None),
    ("Three takeaways from the 72nd World Health Assembly", "event_report", date(2019, 6, 27), None),
    ("What does decent work mean for health workers?", "opinion", (2019, 4), "Soosmita Sinha"),
    ("Isn't it time to care for the carers?", "opinion", date(2019, 4, 5), "Dr. Ouma Oluga"),
    ("Investing in the health workforce? Enough with the cheap talk, come up with the money!", "opinion", date(2019, 4, 5), "Amanda Banda"),
    # No post of the coalition's archive, but the example of a sign-on that was closed and delivered.
    (
        "A health worker for everyone, everywhere",
        "declaration",
        date(2014, 6, 5),
        "Health workers for all and all for health workers",
    ),
]
COUNTRIES = {
    "ACHEST": "UG", "HAI": "NL", "EPN": "KE", "KMPDU": "KE", "MMI": "CH", "PHM": "", "UYAHF": "UG", "Wemos": "NL",
    "FIP": "NL", "FHWC": "US", "MSF": "CH",
}  # fmt: skip
PATHS = {
    "/", "/why/", "/goals/", "/what-we-did/", "/way-forward/", "/news/", "/about/", "/support-us/", "/contact/", "/join/", "/privacy/",
    "/accessibility/", "/working-groups/", "/working-groups/rights-of-health-workers/", "/working-groups/migration-of-health-workers/",
    "/working-groups/health-workforce-financing/",
}  # fmt: skip


def everything() -> dict[str, list[str]]:
    """Every row of every table."""
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


def stored_files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


# What is loaded


def test_the_archive_is_complete_and_in_order(home):
    posts = list(PostPage.objects.published().newest_first())
    assert [(post.title, post.kind) for post in posts] == [(title, kind) for title, kind, _, _ in ARCHIVE]
    for post, (_, _, when, byline) in zip(posts, ARCHIVE, strict=True):
        if isinstance(when, date):
            assert (post.date, post.date_inferred) == (when, False)
        else:
            assert (post.date.year, post.date.month)[: len(when)] == when
            assert post.date_inferred
        names = [author.name for author in post.bylines]
        assert names == {None: [], True: ["HW4All secretariat"]}.get(byline, [byline])
        assert not post.byline
        assert timezone.localtime(post.first_published_at).date() == post.date
        assert 120 <= len(post.standfirst) <= 300
        assert post.topics.exists()
        assert 1 <= post.related.count() <= 3
        assert (post.lead_image is None) == (post.kind == Kind.STATEMENT)


def test_each_kind_has_what_it_needs(home):
    posts = {post.kind: post.specific for post in PostPage.objects.all().order_by("date")}
    assert {block.block_type for block in posts["briefing"].body} >= {"recording", "documents"}
    [messages] = [block.value for block in posts["key_messages"].body if block.block_type == "key_messages"]
    assert len(messages["items"]) == 8
    assert posts["open_letter"].signatory_count == 137
    assert len(posts["open_letter"].recipients) == 6
    assert posts["statement"].recipients
    assert posts["event_report"].event_name
    spotlight = posts["spotlight"]
    assert isinstance(spotlight, SpotlightPage)
    assert (spotlight.person_name, spotlight.country.code, spotlight.series.slug, spotlight.part) == (
        "Denis Bukenya",
        "UG",
        "member-spotlights",
        1,
    )
    assert spotlight.organisation.acronym == "PHM"
    gender = PostPage.objects.get(authors__author__slug="katie-fox")
    assert len(gender.notes) == 5


def test_pages_stand_where_the_menus_say(home):
    pages = Page.objects.descendant_of(home, inclusive=True).not_type(PostPage).specific()
    assert {page.url for page in pages} == PATHS
    assert all(page.live and not page.has_unpublished_changes and page.standfirst for page in pages)
    assert home.get_children().first().title == "Why health workers"
    groups = WorkingGroupPage.objects.all()
    assert all(group.theme and group.contact_email.endswith("@example.org") for group in groups)
    assert [block.block_type for block in home.sections] == [
        "figures", "dots", "declaration", "latest_news", "goals", "spotlight", "members", "action",
    ]  # fmt: skip


def test_organisations_and_their_roles(home):
    known = {organisation.short: organisation.country.code or "" for organisation in Organisation.objects.all()}
    assert known == COUNTRIES
    today = timezone.localdate()
    roles = {role: {found.short for found in Organisation.objects.with_role(role, today)} for role in Role.values}
    assert roles["steering"] == {"ACHEST", "HAI", "EPN", "KMPDU", "MMI", "PHM", "UYAHF", "Wemos"}
    assert roles["member"] == roles["steering"]
    assert roles["observer"] == {"FIP", "FHWC", "MSF"}
    assert roles["founding"] == set()  # the record counts four and names none


def test_site_settings_and_old_addresses(home):
    site = Site.objects.get()
    assert site.root_page == home.page_ptr
    assert SiteIdentity.for_site(site).contact_email == "welcome@healthworkersforallcoalition.org"
    menus = Navigation.for_site(site)
    assert all(link.value.href for menu in (menus.main_menu, menus.actions, menus.footer_menu) for link in menu)
    assert Announcement.for_site(site).link_page.specific.kind == Kind.DECLARATION
    redirects = {redirect.old_path: redirect.redirect_page.url for redirect in Redirect.objects.all()}
    assert redirects == {"/features": "/news/", "/blog": "/news/", "/our-goals": "/goals/", "/teamwork": "/working-groups/"}


def stream_values(page: Page) -> list[StreamValue]:
    values = (getattr(page, field.name) for field in page._meta.get_fields() if field.concrete)
    return [value for value in values if isinstance(value, StreamValue)]


def test_every_link_leads_to_a_live_page(site_pages):
    found = 0
    for page in site_pages:
        for value in stream_values(page):
            for model, target, *_ in value.stream_block.extract_references(value):
                thing = model._default_manager.get(pk=target)
                assert not isinstance(thing, Page) or thing.live, f"{page.url} leads to {thing}"
                found += 1
            assert "page:" not in str(value.get_prep_value())
            assert "post:" not in str(value.get_prep_value())
    assert found > 60


def test_every_image_is_described_and_credited(home):
    images = SiteImage.objects.all()
    assert images.count() >= 14
    for image in images:
        assert len(image.description) >= 10
        assert image.credit == "HW4All, drawn from dots"
        assert image.licence
        assert image.file.storage.exists(image.file.name)
    assert Author.objects.filter(portrait=None).count() == 0
    assert {document.language for document in SiteDocument.objects.all()} == {"English"}


def test_an_editor_could_have_made_it(site_pages):
    """Every block passes the editor's own checks, and opening and saving a text in the editor leaves it as it is."""
    converter = ContentstateConverter(PROSE)
    for page in site_pages:
        page.full_clean()
        for value in stream_values(page):
            value.stream_block.clean(value)
            for block in value:
                if isinstance(block.block, RichTextBlock):
                    html = block.value.source
                    assert without_ids(converter.to_database_format(converter.from_database_format(html))) == html


def without_ids(html: str) -> str:
    return re.sub(r' data-block-key="\w+"', "", html)


# Loading again


def test_loading_twice_changes_nothing(home):
    before, files = everything(), stored_files()
    loaded = load_demo()
    assert loaded.made == {}
    assert sum(loaded.kept.values()) > 50
    assert everything() == before
    assert stored_files() == files


def test_what_editors_changed_stays_and_what_is_missing_comes_back(home):
    goals = ContentPage.objects.get(slug="goals")
    goals.title = "Five goals"
    goals.save_revision().publish()
    Topic.objects.filter(slug="financing").update(description="Ours")
    PostPage.objects.get(title="Statement on Abduction Dr Magombeyi").delete()
    loaded = load_demo()
    assert loaded.made == {"post": 1}
    assert ContentPage.objects.get(slug="goals").title == "Five goals"
    assert Topic.objects.get(slug="financing").description == "Ours"
    statement = PostPage.objects.get(title="Statement on Abduction Dr Magombeyi")
    assert statement.live
    assert [author.slug for author in statement.bylines] == ["secretariat"]


def test_another_page_in_the_way_is_named_and_nothing_changes(home):
    ContentPage.objects.get(slug="goals").delete()
    home.refresh_from_db()
    home.add_child(instance=NewsIndexPage(title="In the way", slug="goals"))
    before = everything()
    with pytest.raises(Occupied, match="“In the way” at /goals/"):
        load_demo()
    assert everything() == before


def test_a_site_with_another_home_page_is_left_alone(home):
    root = Page.get_first_root_node()
    other = root.add_child(instance=ContentPage(title="Our own", slug="our-own"))
    Site.objects.update(root_page=other)
    before = everything()
    with pytest.raises(Occupied, match="Our own"):
        load_demo()
    assert everything() == before


# An empty site


def test_the_home_page_takes_the_place_of_the_welcome_page_and_what_editors_set_stays(empty_site, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.WAGTAILADMIN_BASE_URL = "https://coalition.example"
    # A visit before the loading makes empty settings, which are filled in; the menus were written by somebody.
    SiteIdentity.for_site(Site.objects.get())
    menus = Navigation.for_site(Site.objects.get())
    menus.footer_menu = [("link", {"label": "Ours", "url": "/ours/"})]
    menus.save()
    told: list[str] = []
    loaded = load_demo(progress=told.append)
    assert (loaded.made["post"], loaded.made["declaration"]) == (13, 2)
    assert loaded.kept == {"Menus": 1}
    assert len(told) > 30
    assert SiteIdentity.objects.get().contact_email
    assert len(Navigation.objects.get().footer_menu) == 1
    site = Site.objects.get()
    assert (site.hostname, site.port, site.is_default_site) == ("coalition.example", 443, True)
    assert [page.specific_class for page in Page.objects.filter(depth=2)] == [HomePage]
    assert not Page.objects.filter(live=False).exists()


def test_a_failure_at_the_end_takes_everything_with_it(empty_site, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    before = everything()

    def fail(_self: Any, address: str, _made: Any) -> None:
        if address == "page:/":
            assert len(stored_files()) > 15
            raise RuntimeError("the disk is full")
        publish(_self, address, _made)

    publish = Loader._publish
    monkeypatch.setattr(Loader, "_publish", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        load_demo()
    assert everything() == before
    assert {path for path in stored_files() if path.parent.name != "share"} == set()
