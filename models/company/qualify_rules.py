"""What has to be known of a lead before it is worth a seller's time (domain.md A.2, S4): a versioned rule."""

from pydantic import Field, field_validator

from models.company.rule import Body


class Criterion(Body):
    """`options`: what may be answered; none: anything."""

    key: str = Field(pattern=r"^[a-z][a-z_]{1,29}$")
    label: str = Field(min_length=1, max_length=20)
    options: tuple[str, ...] = ()


class Qualification(Body):
    """Budget, authority, need and time by default. Criteria that are taken off keep their answers, unshown."""

    criteria: tuple[Criterion, ...] = (
        Criterion(key="budget", label="预算"),
        Criterion(key="authority", label="决策人"),
        Criterion(key="need", label="需求"),
        Criterion(key="time", label="时间"),
    )

    @field_validator("criteria")
    @classmethod
    def _each_once(cls, criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        if len({one.key for one in criteria}) < len(criteria) or len({one.label for one in criteria}) < len(criteria):
            raise ValueError("每个 key 和 label 只能写一次")
        return criteria
