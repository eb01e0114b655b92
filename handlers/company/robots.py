"""Group robots: admins see what they announce, nobody sees their address or secret."""

from collections.abc import Sequence

from handlers import permits
from handlers.context import Context
from handlers.nouns import Noun
from handlers.presenting import common
from models.base import Json
from models.company.robot import Robot


def present(ctx: Context, rows: Sequence[Robot]) -> list[Json]:
    """Everything but what is sealed."""
    return [
        {
            "code": row.code,
            "name": row.name,
            "kind": row.kind,
            "topics": row.topics,
            "only": row.only,
            "amounts": row.shows_amounts,
            "mention": row.mentions,
            "is_enabled": row.is_enabled,
            **common(ctx, row),
        }
        for row in rows
    ]


ROBOT = Noun(
    name="robot", plural="robots", title="群机器人", model=Robot, gate=permits.admins_only, present=present,
    named=("name",), columns=("name", "kind", "is_enabled"), scenes={"all": lambda _ctx: Robot.id.is_not(None)},
    filters={"topic": lambda _ctx, said: Robot.topics.contains([said])},
    by_code=lambda _ctx, code: Robot.name == code,
)  # fmt: skip
