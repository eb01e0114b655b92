"""What people may grant by themselves, and who is asked beyond that: bodies of versioned rules (domain.md E.3)."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from models.company.rule import Body

Role = Literal["admin", "dept_manager", "staff"]


class Discount(Body):
    """The lowest rate within a role's own authority."""

    role: Role
    min_rate: Decimal = Field(gt=0, le=1)


class Discounts(Body):
    """A role that is not named has no limit of its own: admin."""

    limits: tuple[Discount, ...] = ()

    def lowest(self, role: str) -> Decimal:
        """The lowest rate that this role may grant by itself; a role without a line may grant none, admin any."""
        found = [limit.min_rate for limit in self.limits if limit.role == role]
        return found[0] if found else Decimal(0) if role == "admin" or not self.limits else Decimal(1)


class ApprovalLimits(Body):
    """What is asked back before it is decided by a tap: amounts (yuan) above this need a second one. `split_days`: what
    one customer orders within so many days is summed before the flow is chosen (0: each order by itself)."""

    card_limit: Decimal = Field(default=Decimal(100_000), ge=0)
    split_days: int = Field(default=0, ge=0, le=90)


class Step(Body):
    """One step of a flow. Its approvers are named people, a role, a duty (`by_department`: the nearest to the
    submitter's department), an office of the submitter's line at `level`, a `field` of the document that names
    somebody, or the submitter's choice (`choose_from`: out of these). `when` leaves the step out where it does not fit.

    `kind`: approve; cc (told, not asked); pass (goes on by itself); reject (the flow ends here, `name` says why)."""

    kind: Literal["approve", "cc", "pass", "reject"] = "approve"
    name: str = ""
    when: str = ""
    approver: Literal["submitter_choice", "manager", "managers", "department_head", "admin"] | None = None
    people: tuple[str, ...] = ()
    role: Role | None = None
    duty: Literal["finance", "warehouse", "service", "order_admin"] | None = None
    field: str | None = None
    by_department: bool = False
    level: int = Field(default=1, ge=1, le=9)
    default: Literal["manager", "admin"] | None = None
    choose_from: tuple[str, ...] = ()
    mode: Literal["any", "all", "ratio", "sequential"] = "any"
    percent: int = Field(default=100, ge=1, le=100)
    collect: bool = False
    remind_hours: tuple[float, ...] = (4, 8)
    escalate_hours: float | None = Field(default=24, gt=0)
    reject_hours: float | None = Field(default=None, gt=0)


class Flow(Body):
    """One approval flow; `when` is a condition on what is known (`amount >= 50000`), empty: always. `subject` is a
    noun, `on` what is done to it: a command's verb (`customer` + `return`: customer.return), `extension` for a longer
    stay. For orders and payments `create` is their approval as documents. `departments`: only of these and below; flows
    with the lower `priority` come first."""

    subject: str
    on: str = "create"
    name: str = ""
    when: str = ""
    departments: tuple[str, ...] = ()
    priority: int = 0
    steps: tuple[Step, ...] = Field(min_length=1)
    repeats: Literal["first", "consecutive", "each"] = "consecutive"
    own: Literal["superior", "skip", "allow"] = "superior"
    empty: Literal["superior", "fallback", "admin", "pass"] = "superior"
    fallback: str | None = None
    resubmit: Literal["from_first", "from_rejected_node"] = "from_first"


class Flows(Body):
    """The flows of one subject; the first whose condition fits is taken."""

    flows: tuple[Flow, ...] = ()
