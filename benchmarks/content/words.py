"""The words that invented content is made of: names in several scripts, places with their countries, titles."""

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


FIRST = _words("""
    Amina Ngozi Ada Jean María Łukasz Zoë Élodie Chidi Grace Wanjiru Priya Kwame Fatoumata Søren Nguyễn Ayşe Joséphine Thandiwe Budi
    Ana Olga Петро Марія Ірина Дмитрий Γιώργος Ελένη محمد فاطمة عائشة יעל דוד सीता राम अमित 美玲 伟 さくら 健太 민준 서연 สมชาย አበበ ሰላም
    John Mary
    Peter Ruth Samuel Esther Daniel Sarah Ahmed Leila Omar Ines Paulo Lucía Diego Camila Mateo Ingrid Björn Aino Eero Zuzana Tomáš
    Ilse
""")
LAST = _words("""
    Okafor Nakato Müller Santos Banda Kamau Diallo Achieng Phiri Singh Lefèvre Traoré Mwangi Ndlovu Öztürk Jørgensen García Silva
    Pereira Kowalski Nováková Шевченко Иванова Παπαδόπουλος الحسن إبراهيم כהן शर्मा वर्मा 王 李 田中 김 박 ใจดี ተስፋዬ Smith Jones Brown
    O’Neill Adeyemi Mensah Owusu Chanda Tembo Moyo Dlamini Nkosi Haile Bekele Rahman Khan Hossain Gurung Thapa Reyes Cruz Wijaya
    Nguyen Tran
""")
# Places with their countries.
PLACES = tuple(
    place.split(":")
    for place in _words("""
    Gulu:UG Kisumu:KE Enugu:NG Utrecht:NL Lilongwe:MW Ndola:ZM Genève:CH Pune:IN Recife:BR Cebu:PH Durban:ZA Arusha:TZ Huye:RW
    Leipzig:DE Lyon:FR Sylhet:BD Pokhara:NP Lahore:PK Kumasi:GH Ségou:ML Thiès:SN Bobo-Dioulasso:BF Niamey:NE Beira:MZ Huambo:AO
    Antsirabe:MG Kassala:SD Mekelle:ET Hargeisa:SO Bulawayo:ZW Gaborone:BW Maseru:LS Makeni:SL Gbarnga:LR Kankan:GN Parakou:BJ Kara:TG
    Bamenda:CM Bukavu:CD Gitega:BI Tunis:TN Oran:DZ Fès:MA Aswan:EG Irbid:JO Tripoli:LB İzmir:TR Cluj:RO Brno:CZ Łódź:PL Львів:UA
    Kraków:PL Bergen:NO Malmö:SE Tampere:FI Aarhus:DK Leeds:GB Galway:IE Porto:PT Málaga:ES Bari:IT Graz:AT Liège:BE Montréal:CA
    Oaxaca:MX Quetzaltenango:GT Cali:CO Cusco:PE Cochabamba:BO Rosario:AR Valdivia:CL Managua:NI Port-au-Prince:HT Kingston:JM Suva:FJ
    Madang:PG Surabaya:ID Chiang-Mai:TH Huế:VN Mandalay:MM Galle:LK Perth:AU Otago:NZ Osaka:JP Busan:KR Chengdu:CN
""")
)
ORGANISATIONS = (
    "Midwives of {}",
    "{} Nurses’ Association",
    "Health Rights {}",
    "Union of Health Workers of {}",
    "École de santé de {}",
    "{} Clinical Officers’ Society",
    "Community Health Network {}",
    "Asociación de Enfermería de {}",
    "The {} Doctors’ Forum",
    "Associação de Parteiras de {}",
    "Rural Health Initiative, {}",
    "جمعية الممرضات {}",
    "Спілка медсестер {}",
    "{} 护士协会",
)
WORK = ("Nurse", "Midwife", "Community health worker", "Doctor", "Pharmacist", "Researcher", "Infirmière", "Enfermera", "")
TITLES = (
    "Nurses in {} win back their pay",
    "What the budget of {} means for midwives",
    "Community health workers of {} meet the minister",
    "{}: rural clinics without staff",
    "A letter from {}: safe work for those who care",
    "Decent work in {}, five years on",
    "Migration of health workers: the view from {}",
    "Infirmières de {} : la santé pour tous",
    "Enfermeras de {} piden trabajo digno",
    "Health workforce planning in {}",
    "Investing in the health workers of {}",
    "العاملون الصحيون في {}",
    "Медичні працівники: {}",
    "{} 的卫生工作者",
    "Who cares for the carers of {}?",
    "Vaccination teams reach the hills around {}",
)
SUBJECTS = _words("""
    Safe_staffing Fair_pay Rural_clinics Violence_at_work Training Midwifery Mental_health Climate_and_health Debt_and_health Vaccines
    Primary_care Gender_equity_at_work Recruitment_abroad Social_dialogue Protective_equipment Data_on_the_workforce Community_health
    Emergency_care Health_financing Working_hours
""")

DECLARATION_SLUG = "safe-work-for-those-who-care"


def person(random: Random) -> str:
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def place(number: int) -> tuple[str, str]:
    """A place and its country."""
    name, country = PLACES[number % len(PLACES)]
    return name, country


def organisation(number: int) -> tuple[str, str]:
    """A name that no other number has, and its country."""
    patterns = len(ORGANISATIONS)
    name, country = place(number // patterns + number)
    again = number // (patterns * len(PLACES))
    return f"{ORGANISATIONS[number % patterns].format(name)}{f' {again + 1}' if again else ''}", country


def title(number: int) -> str:
    name, _country = place(number // len(TITLES) + number)
    again = number // (len(TITLES) * len(PLACES))
    return f"{TITLES[number % len(TITLES)].format(name)}{f' ({again + 1})' if again else ''}"
