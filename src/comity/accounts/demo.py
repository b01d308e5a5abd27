"""The people of Larkmoor, their teams and what they are good at."""

from comity.core import clock, demo
from comity.core.demo import Demo
from comity.core.permission import AGENT, LIGHT_AGENT, SUPERVISOR
from comity.core.refusals import Refusal

from .actions import demo as marks
from .actions import organisation, people, roles, teams
from .models import Agent, Brand, DemoRow, Role

DOMAIN = "larkmoor.example"
PETROL = "#1f6f78"
TEAMS = {
    "espresso": "Espresso machines",
    "kettles": "Kettles & app",
    "orders": "Orders & delivery",
    "billing": "Billing & refunds",
    "returns": "Returns",
    "public": "Public & trade",
}
SKILLS = ("Espresso machines", "Kettles & app", "Orders", "Billing", "Returns", "Trade", "Guides")
# name: (first name as key), role, teams, skills with levels, languages
PEOPLE = {
    "Maya Lindholm": (
        SUPERVISOR,
        "espresso billing orders returns public kettles",
        {"Billing": 5, "Orders": 4},
        "en sv",
    ),
    "Tomasz Kowalczyk": (AGENT, "espresso billing", {"Espresso machines": 5}, "en fr pl"),
    "Priya Raghunathan": (AGENT, "espresso orders", {"Espresso machines": 4, "Orders": 3}, "en"),
    "Jonas Weber": (AGENT, "orders public", {"Orders": 5, "Trade": 4}, "de en"),
    "Aoife Ní Bhriain": (AGENT, "public returns", {"Trade": 3, "Espresso machines": 4}, "en"),
    "Samuel Adeyemi": (AGENT, "orders returns", {"Orders": 4, "Returns": 4}, "en"),
    "Lucía Fernández-Ortega": (AGENT, "kettles espresso", {"Guides": 5, "Espresso machines": 4}, "en es"),
    "Hana Kim": (AGENT, "kettles", {"Kettles & app": 4}, "en ja ko"),
    "Oskar Nowak": (AGENT, "espresso", {"Espresso machines": 3}, "en pl"),
    "Ines Cardoso": (AGENT, "billing", {"Billing": 4}, "en pt"),
    "Kofi Mensah": (AGENT, "billing orders", {"Billing": 3}, "en"),
    "Bram de Wit": (AGENT, "kettles", {"Kettles & app": 5}, "en nl"),
    "Noor Haddad": (AGENT, "kettles orders", {"Kettles & app": 3, "Orders": 2}, "ar en"),
    "Wei Zhang": (AGENT, "kettles", {"Kettles & app": 4}, "en zh"),
    "Fatima Zahra El Idrissi": (AGENT, "orders returns", {"Orders": 4}, "ar fr en"),
    "Diego Romero Salvatierra": (LIGHT_AGENT, "public", {"Guides": 2}, "en es"),
}


def fill(part: Demo) -> None:
    """Bring the shop's brand, teams and people. Nobody of them has a password, and their addresses take no mail."""
    roles.ensure_builtin_roles()
    with clock.at(part.ago(days=demo.HISTORY.days + 20)):
        brand = organisation.create_brand(name="Larkmoor", colour=PETROL, by=part.by)
        part.name("brand:larkmoor", brand.pk)
        if not brand.is_default:
            organisation.make_default(brand=brand, by=part.by)
        trade = organisation.create_brand(name="Larkmoor Trade", colour="#7a4b2a", by=part.by)
        part.name("brand:trade", trade.pk)
        for key, name in TEAMS.items():
            part.name(f"team:{key}", teams.create(name=name, by=part.by).pk)
        for name in SKILLS:
            part.name(f"skill:{name}", teams.create_skill(name=name, by=part.by).pk)
        for name, work in PEOPLE.items():
            _join(part, name, *work)


def _join(part: Demo, name: str, role: str, team_keys: str, levels: dict[str, int], languages: str) -> None:
    key = name.split()[0].casefold()
    address = f"{_plain(key)}@{DOMAIN}"
    given = Role.objects.get(slug=role)
    team_ids = [part.find(f"team:{team}") for team in team_keys.split()]
    agent = people.add(email=address, name=name, role=given, team_ids=team_ids, zone="Europe/London", by=part.by)
    skills = {part.find(f"skill:{skill}"): level for skill, level in levels.items()}
    people.change(
        agent=agent,
        role=given,
        team_ids=team_ids,
        skills=skills,
        spoken_languages=languages.split(),
        version=agent.version,
        by=part.by,
    )
    part.name(f"agent:{_plain(key)}", agent.pk)


def _plain(key: str) -> str:
    return key.replace("í", "i")


def check() -> None:
    """Refuse a second demonstration, and one beside the organisation's own people."""
    if DemoRow.objects.exists():
        raise Refusal("The demonstration is in this data folder already. “comity demo remove” takes it away.")
    if Agent.objects.count() > 1:
        raise Refusal("People of your organisation work with this data folder. Choose an empty one with --data.")


def remove(part: Demo) -> None:
    """Take people, teams, skills and brands away."""
    gone = marks.remove_people(agents=part.of_kind("agent"), teams=part.of_kind("team"), skills=part.of_kind("skill"))
    for kind, ids in gone.items():
        part.lose(kind, ids)
    for brand in Brand.objects.filter(pk__in=part.of_kind("brand")).order_by("is_default"):
        part.lose("brand", [brand.pk])
        marks.remove_brand(brand=brand, by=part.by)


demo.register("accounts", demo.Part(order=10, fill=fill, remove=remove, check=check))
