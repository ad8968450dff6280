"""Bodies that strangers are most likely to sign for, with the domains that are theirs: data, no code.

Kept short, for the day on which the secretariat has recorded nothing yet. It adds others, and more domains of these, by recording the
organisation in the admin. A name that belongs to many, such as a ministry, has no domain here: it always waits for the secretariat.
"""

from typing import NamedTuple


class Body(NamedTuple):
    name: str
    acronym: str = ""
    domains: str = ""
    other_names: tuple[str, ...] = ()


WIDELY_KNOWN = (
    Body(
        "World Health Organization",
        "WHO",
        "who.int",
        (
            *("Organisation mondiale de la Santé", "Organización Mundial de la Salud", "Organização Mundial da Saúde"),
            *("Weltgesundheitsorganisation", "Wereldgezondheidsorganisatie", "Organizzazione Mondiale della Sanità"),
            *("Всемирная организация здравоохранения", "世界卫生组织", "世界衛生組織", "世界保健機関", "منظمة الصحة العالمية"),
        ),
    ),
    Body("Pan American Health Organization", "PAHO", "paho.org", ("Organización Panamericana de la Salud",)),
    Body(
        "United Nations", "UN", "un.org", ("Nations Unies", "Naciones Unidas", "Организация Объединенных Наций", "联合国", "الأمم المتحدة")
    ),
    Body("United Nations Children’s Fund", "UNICEF", "unicef.org", ("UNICEF", "ЮНИСЕФ", "يونيسف", "联合国儿童基金会")),
    Body("United Nations Population Fund", "UNFPA", "unfpa.org"),
    Body("United Nations Development Programme", "UNDP", "undp.org"),
    Body("United Nations High Commissioner for Refugees", "UNHCR", "unhcr.org", ("UN Refugee Agency",)),
    Body("Joint United Nations Programme on HIV/AIDS", "UNAIDS", "unaids.org", ("UNAIDS",)),
    Body("UNESCO", "UNESCO", "unesco.org", ("United Nations Educational, Scientific and Cultural Organization",)),
    Body("UN Women", "", "unwomen.org"),
    Body("World Food Programme", "WFP", "wfp.org"),
    Body("Food and Agriculture Organization", "FAO", "fao.org"),
    Body("International Labour Organization", "ILO", "ilo.org", ("Organisation internationale du Travail", "International Labour Office")),
    Body("International Organization for Migration", "IOM", "iom.int"),
    Body("World Trade Organization", "WTO", "wto.org"),
    Body("World Bank", "", "worldbank.org worldbankgroup.org", ("World Bank Group", "Banque mondiale", "Banco Mundial", "Всемирный банк")),
    Body("International Monetary Fund", "IMF", "imf.org", ("Fonds monétaire international", "Fondo Monetario Internacional")),
    Body("Organisation for Economic Co-operation and Development", "OECD", "oecd.org"),
    Body("European Commission", "", "ec.europa.eu", ("Commission européenne", "Europäische Kommission")),
    Body("European Parliament", "", "europarl.europa.eu", ("Parlement européen", "Europäisches Parlament")),
    Body("African Union", "", "au.int africanunion.org african-union.org", ("Union africaine",)),
    Body("Africa Centres for Disease Control and Prevention", "", "africacdc.org africa-union.org", ("Africa CDC",)),
    Body("Centers for Disease Control and Prevention", "CDC", "cdc.gov"),
    Body("The Global Fund", "", "theglobalfund.org", ("Global Fund to Fight AIDS, Tuberculosis and Malaria",)),
    Body("Gavi, the Vaccine Alliance", "GAVI", "gavi.org", ("Gavi Alliance",)),
    Body("Bill & Melinda Gates Foundation", "", "gatesfoundation.org", ("Gates Foundation",)),
    Body(
        "Médecins Sans Frontières",
        "MSF",
        "msf.org doctorswithoutborders.org msf.fr aerzte-ohne-grenzen.de",
        ("Doctors Without Borders", "Ärzte ohne Grenzen", "Médicos Sin Fronteras", "Artsen zonder Grenzen"),
    ),
    Body("International Committee of the Red Cross", "ICRC", "icrc.org"),
    Body(
        "International Federation of Red Cross and Red Crescent Societies", "IFRC", "ifrc.org", ("Red Cross", "Croix-Rouge", "Red Crescent")
    ),
    Body("Save the Children", "", "savethechildren.org savethechildren.net savethechildren.org.uk"),
    Body("Oxfam", "", "oxfam.org oxfam.org.uk oxfamamerica.org oxfamnovib.nl"),
    Body("Amnesty International", "", "amnesty.org amnesty.org.uk amnestyusa.org"),
    Body("Human Rights Watch", "", "hrw.org"),
    Body("International Council of Nurses", "", "icn.ch"),
    Body("International Confederation of Midwives", "", "internationalmidwives.org"),
    Body("World Medical Association", "", "wma.net"),
    Body("Public Services International", "", "world-psi.org publicservices.international"),
    Body(
        "Ministry of Health",
        "",
        "",
        (
            "Ministry of Public Health",
            "Ministère de la Santé",
            "Ministerio de Salud",
            "Ministério da Saúde",
            "Министерство здравоохранения",
        ),
    ),
)
