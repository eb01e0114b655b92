"""Business time in the tests' hand: the platforms' own clocks go along, so that a year is not a minute to them."""

from collections import Counter
from datetime import date, datetime, time, timedelta

from running import House, own_redis
from world import ZONE, World

from models.customers.customer import Customer
from models.history import History
from models.outbox import Outbox
from models.sales.lead import Lead


def at(day: date, clock: str) -> datetime:
    """A local moment."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONE)


def rest(house: House, span: timedelta = timedelta(hours=2)) -> None:
    """What a real pause does to budgets and to the platforms' counters."""
    own_redis(house.parts.settings.redis_url)
    house.platform.clock.advance(span.total_seconds())


def tick(house: House, day: date, clock: str = "09:30") -> datetime:
    """A run of the clock then, rested."""
    rest(house)
    house.tick(at(day, clock))
    return house.world.now


def owners(world: World) -> dict[str, int | None]:
    """Whose each customer and lead is."""
    found: dict[str, int | None] = {row.name: row.owner_id for row in world.rows(Customer)}
    return found | {f"{row.code} {row.name}": row.owner_id for row in world.rows(Lead)}


def events(world: World) -> Counter[tuple[str, str, int | None]]:
    """What happened to what, by whom."""
    return Counter((row.event, row.ref, row.actor_id) for row in world.rows(History))


def notices(world: World) -> Counter[tuple[str, str, str]]:
    """Who was told what about what."""
    return Counter((row.topic, row.lane, row.ref) for row in world.rows(Outbox, Outbox.kind != "refresh"))


def states(world: World) -> set[str]:
    """In which states notices are."""
    return {row.state for row in world.rows(Outbox)}
