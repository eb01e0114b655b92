"""To whom the leads of a pool are given by themselves (domain.md E.2): part of the pool's versioned rules.

People and departments stand by name, as in approval flows; a company file that names an unknown one is refused.
"""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from models.company.rule import Body

Strategy = Literal[
    "round_robin", "weighted", "least_load", "region", "score_tier", "default_person", "manual"
]  # fmt: skip
ACCEPT_MINUTES = 30  # domain.md E.2.5


class When(Body):
    """Which leads a rule is for; what is not stated does not matter. `products` are looked for in what the lead says
    that it needs; a score that is not known fits no `min_score`."""

    sources: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    min_score: int | None = Field(default=None, ge=0, le=100)
    max_score: int | None = Field(default=None, ge=0, le=100)


class Candidates(Body):
    """Named people and all active ones of named departments and those below; nobody named: the pool's members."""

    people: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


class Group(Candidates):
    """Who serves these regions (strategy `region`), or leads from this score on (`score_tier`)."""

    regions: tuple[str, ...] = ()
    min_score: int | None = Field(default=None, ge=0, le=100)


class AssignRule(Body):
    """`weights` by name: shares of `weighted`, capacities of `least_load`; one without has 1. `person` is the one of
    `default_person`. The first of `groups` that fits decides for `region` and `score_tier`, else `candidates`."""

    name: str = ""
    when: When = When()
    candidates: Candidates = Candidates()
    strategy: Strategy = "round_robin"
    weights: dict[str, int] = Field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    person: str | None = None

    @field_validator("weights")
    @classmethod
    def _positive(cls, weights: dict[str, int]) -> dict[str, int]:
        if any(not 1 <= weight <= 1000 for weight in weights.values()):
            raise ValueError("权重要在 1 到 1000 之间")
        return weights

    @model_validator(mode="after")
    def _whole(self) -> "AssignRule":
        if (self.strategy == "default_person") != (self.person is not None):
            raise ValueError("strategy: default_person 要写 person，其他的不写")
        if (self.strategy in ("region", "score_tier")) != bool(self.groups):
            raise ValueError("strategy: region 和 score_tier 要写 groups，其他的不写")
        return self


class Caps(Body):
    """Of one person: leads given to him by this pool in a local day; open leads that he may have when he gets more."""

    daily_quota: int | None = Field(default=None, ge=0)
    load_cap: int | None = Field(default=None, ge=0)


class Assignment(Body):
    """`auto` switches it on. `accept_minutes`: working minutes to accept an offer in, None: given without asking.
    `again_after_minutes`: working minutes after which a lead that was returned or taken back is given again, None: it
    is not. `tell_admins`: the pool's admins hear of every decision."""

    auto: bool = False
    always_on: bool = False
    accept_minutes: int | None = Field(default=None, ge=1, le=10_000)
    max_hops: int = Field(default=3, ge=1, le=50)
    alert_after_minutes: int = Field(default=30, ge=1, le=10_000)
    again_after_minutes: int | None = Field(default=None, ge=0, le=100_000)
    tell_admins: bool = False
    rules: tuple[AssignRule, ...] = ()
    caps: Caps = Caps()

    @field_validator("accept_minutes", mode="before")
    @classmethod
    def _switched_on(cls, value: object) -> object:
        """`true` is on with the usual half hour."""
        return {True: ACCEPT_MINUTES, False: None}[value] if isinstance(value, bool) else value

    def named(self) -> list[tuple[str, str]]:
        """Everybody and every department that the rules name: (`people` or `departments`, name)."""
        found: list[tuple[str, str]] = []
        for rule in self.rules:
            found += [("people", name) for name in (*rule.weights, *filter(None, [rule.person]))]
            for group in (rule.candidates, *rule.groups):
                found += [("people", name) for name in group.people]
                found += [("departments", name) for name in group.departments]
        return found
