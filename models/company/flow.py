"""What people may grant by themselves, and who is asked beyond that: bodies of versioned rules."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from models.company.rule import Body


class Discount(Body):
    """The lowest rate within a role's own authority."""

    role: Literal["admin", "dept_manager", "staff"]
    min_rate: Decimal = Field(gt=0, le=1)


class Discounts(Body):
    """A role that is not named has no limit of its own: admin."""

    limits: tuple[Discount, ...] = ()

    def lowest(self, role: str) -> Decimal:
        """The lowest rate that this role may grant by itself; a role without a line may grant none, admin any."""
        found = [limit.min_rate for limit in self.limits if limit.role == role]
        return found[0] if found else Decimal(0) if role == "admin" or not self.limits else Decimal(1)


class Step(Body):
    """One step of a flow: named people, a duty, the submitter's superior at a level, or the submitter's choice."""

    approver: Literal["submitter_choice", "manager", "department_head", "admin"] | None = None
    people: tuple[str, ...] = ()
    duty: Literal["finance", "warehouse", "service", "order_admin"] | None = None
    level: int = Field(default=1, ge=1, le=9)
    default: Literal["manager", "admin"] | None = None
    mode: Literal["any", "all", "sequential"] = "any"


class Flow(Body):
    """One approval flow; `when` is a condition on the document (`amount >= 50000`), empty: always."""

    subject: Literal["order", "payment"]
    when: str = ""
    steps: tuple[Step, ...] = Field(min_length=1)


class Flows(Body):
    """The flows of one subject; the first whose condition fits is taken."""

    flows: tuple[Flow, ...] = ()
