"""The columns of a table of members, by what they belong to, with the headings of our own exports and the usual ones."""

from django.utils.translation import gettext_lazy as _

from core.imports.columns import Column
from members.states import Category, ContactRole, MembershipStatus, OrganisationKind

DAY = _("A day such as 2019-12-31 or 31.12.2019, or only the year.")
YES_NO = (("yes", ""), ("no", ""))

ORGANISATION = (
    Column(
        "name",
        "organisation",
        _("The full name. Every row needs it. Repeat it in a row for each further contact."),
        "Midwives of Gulu",
        (
            _("Organisation"),
            *("organization", "organisation name", "organization name", "name of organisation", "name of organization"),
            *(
                "name of the organisation",
                "name of the organization",
                "member",
                "member organisation",
                "member organization",
                "institution",
            ),
        ),
    ),
    Column("acronym", "acronym", _("Its short name."), "MoG", (_("Short name"), _("Acronym"), "abbreviation", "initials")),
    Column(
        "aliases",
        "other names",
        _("Former names and names in other languages, with semicolons between them."),
        "Gulu Midwives’ Union; Syndicat des sages-femmes de Gulu",
        ("aliases", "alias", "also known as", "former names", "former name", "other name"),
    ),
    Column(
        "country",
        "country",
        _("Where it is based: the English name or the code of two letters, or “Worldwide” for a global network."),
        "Uganda",
        (_("Country"), "country code", "seat country", "country of registration", "based in", "headquarters"),
        weak=("country name", "location", "nation"),
    ),
    Column(
        "countries_of_work",
        "countries of work",
        _("Where it is active, with semicolons between them."),
        "Uganda; South Sudan",
        ("active in", "works in", "countries where active"),
    ),
    Column(
        "website",
        "website",
        _("An organisation that is here already is recognised by it."),
        "https://midwives-gulu.example",
        (_("Website"), "web site", "homepage", "home page", "url", "web", "web address", "website address"),
    ),
    Column(
        "more_domains", "other web domains", _("With semicolons between them."), "gulumidwives.example", ("other domains", "more domains")
    ),
    Column(
        "kind",
        "kind",
        _("One of the words below this table."),
        "professional",
        (
            _("Kind"),
            *("kind of organisation", "kind of organization", "type", "type of organisation", "type of organization", "organisation type"),
            *("organization type", "organisation kind", "organization kind"),
        ),
        allowed=tuple(OrganisationKind.choices),
    ),
    Column(
        "founded", "founded", _("The year, in four digits."), "1998", ("founded in", "year founded", "year of foundation", "established")
    ),
    Column(
        "summary",
        "in a few words",
        _("What it does for health workers. Two sentences."),
        "We train midwives in rural clinics.",
        (_("In a few words"), "summary", "description", "about"),
    ),
)
MEMBERSHIP = (
    Column(
        "category",
        "category",
        _("Member or observer. Empty: member, if the row says anything of a membership."),
        "member",
        (_("Category"), "membership", "membership category", "membership type", "type of membership", "roles"),
        allowed=tuple(Category.choices),
    ),
    Column(
        "since",
        "member since",
        DAY,
        "2019-05-01",
        (_("Since"), "joined", "joined on", "date joined", "date of joining", "membership since", "start", "start date", "from"),
    ),
    Column(
        "until",
        "member until",
        DAY,
        "",
        ("until", "left", "left on", "membership until", "end", "end date", "to"),
    ),
    Column(
        "state",
        "state",
        _("It follows from the dates, and is only compared with them: a membership that has ended needs the day."),
        "active",
        (_("Today"), "status", "membership state", "membership status"),
        allowed=tuple(MembershipStatus.choices),
    ),
    Column("founding", "founding member", _("yes or no."), "no", (_("Founding member"), "founder"), allowed=YES_NO),
    Column(
        "confirmed_on",
        "confirmed on",
        _("When it last said that it belongs, and its profile is right. A day, as above."),
        "2026-01-31",
        (_("Confirmed on"), "last confirmed"),
    ),
)
CONTACT = (
    Column(
        "contact_name",
        "contact",
        _("The full name of a person. A shared mailbox: the name of the organisation."),
        "Akello Apio",
        (_("Name"), "contact name", "contact person", "person", "full name", "name of contact"),
    ),
    Column(
        "position",
        "contact role",
        _("Their role there."),
        "Director",
        (_("Role there"), "role", "position", "function", "job title", "title"),
    ),
    Column(
        "email",
        "contact email",
        _("A contact is recognised by it. The import sends no email."),
        "akello@midwives-gulu.example",
        (_("E-mail address"), _("Email address"), "email", "e-mail", "mail", "email address", "e-mail address", "contact e-mail"),
    ),
    Column(
        "phone",
        "contact phone",
        _("With the code of the country."),
        "+256 772 123456",
        (_("Telephone"), _("Phone"), "phone", "telephone", "phone number", "mobile", "tel"),
    ),
    Column(
        "contact_for",
        "contact for",
        _("What they are asked about, with commas between them."),
        "voting, communications",
        (_("For"), "responsible for", "contact roles"),
        allowed=tuple(ContactRole.choices),
    ),
)
SEAT = (
    Column(
        "on_committee",
        "steering committee",
        _("yes, if it has a seat. Not needed where a term or a person is given."),
        "yes",
        (_("Steering committee"), "committee", "on the committee", "seat"),
        allowed=YES_NO,
    ),
    Column("seat_since", "seat since", DAY, "2025-01-01", ("term from", "term start", "committee since", "seat from", "term since")),
    Column("seat_until", "seat until", DAY, "2027-12-31", ("term until", "term end", "committee until", "term to")),
    Column(
        "person_name",
        "seat person",
        _("Who sits there and votes."),
        "Akello Apio",
        ("committee member", "seat holder", "seat name", "committee person"),
    ),
    Column(
        "person_email",
        "seat email",
        _("Ballots go there."),
        "akello@midwives-gulu.example",
        ("seat e-mail", "committee email", "committee e-mail"),
    ),
    Column("alternate_name", "alternate", _("Who stands in for them."), "Opio Okot", ("alternate name", "deputy")),
    Column(
        "alternate_email",
        "alternate email",
        _("Ballots go there if the first is empty."),
        "opio@midwives-gulu.example",
        ("alternate e-mail", "deputy email"),
    ),
)
COLUMNS = (*ORGANISATION, *MEMBERSHIP, *CONTACT, *SEAT)
BY_NAME = {column.name: column for column in COLUMNS}
