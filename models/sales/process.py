"""The sales process: stages in order, as a versioned rule (domain.md A.7, E.4)."""

from collections.abc import Sequence

from pydantic import Field, field_validator

from models.company.rule import Body

SUBJECT = "process/default"
CLOSING = ("赢单", "输单", "无效")


class Stage(Body):
    """`probability` in percent; longer than `max_days` in it is a stall."""

    name: str = Field(min_length=1, max_length=40)
    probability: int = Field(ge=0, le=100)
    max_days: int | None = Field(default=None, ge=1, le=3650)


_USUAL = (("初步接洽", 10), ("需求确认", 30), ("方案报价", 50), ("商务谈判", 70), ("合同签订", 90))
USUAL = tuple(Stage(name=name, probability=probability) for name, probability in _USUAL)


class SalesProcess(Body):
    """One process for the company; an opportunity keeps the stage that it entered, whatever the process becomes."""

    stages: tuple[Stage, ...] = Field(default=USUAL, min_length=1, max_length=20)

    @field_validator("stages")
    @classmethod
    def _apart(cls, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        names = [stage.name for stage in stages]
        if len(set(names)) < len(names):
            raise ValueError("阶段名称不能重复")
        if taken := [name for name in names if name in CLOSING]:
            raise ValueError(f"「{taken[0]}」是结束状态，不能作阶段名称")
        return stages

    def place(self, name: str, probability: int) -> int:
        """Which stage (from 0) this is; of one that the process no longer has, the last that is not more probable."""
        names = [stage.name for stage in self.stages]
        if name in names:
            return names.index(name)
        return max((n for n, stage in enumerate(self.stages) if stage.probability <= probability), default=0)

    def after(self, name: str, probability: int) -> Stage | None:
        """The next stage; None behind the last one."""
        place = self.place(name, probability)
        step = 1 if self.stages[place].name == name or self.stages[place].probability <= probability else 0
        return self.stages[place + step] if place + step < len(self.stages) else None

    def said(self, text: str) -> tuple[Sequence[Stage], str]:
        """The stages that a text may mean, and what it goes on with: 方案报价客户认可 names one and says more."""
        exact = [stage for stage in self.stages if text == stage.name]
        led = sorted((s for s in self.stages if text.startswith(s.name)), key=lambda stage: -len(stage.name))[:1]
        if exact or led:
            return exact or led, "" if exact else text[len(led[0].name) :].strip(" ，,、;；:：")
        return [stage for stage in self.stages if text in stage.name], ""
