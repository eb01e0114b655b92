"""What a lead's score is made of (domain.md E.9): how well it fits, and how much it wants. A versioned rule."""

from typing import Annotated

from pydantic import Field

from models.company.rule import Body

Points = Annotated[int, Field(ge=-100, le=100)]


class Scoring(Body):
    """Fit and intent count up to their caps; penalties then take off. An empty list of target industries or regions
    gives nobody its points. `half_life_days` is for intent alone: what was wanted long ago is worth less."""

    industries: tuple[str, ...] = ()
    industry_points: Points = 15
    regions: tuple[str, ...] = ()
    region_points: Points = 10
    titles: tuple[str, ...] = ("总", "董事长", "老板", "厂长", "院长", "所长", "校长", "主任", "总监", "负责人")
    title_points: Points = 15
    budget_points: Points = 10
    contact_points: Points = 10
    fit_max: Points = 50
    sources: dict[str, Points] = Field(
        default_factory=lambda: {
            "转介绍": 20,
            "官网": 15,
            "展会": 10,
            "活动": 10,
            "电话": 10,
            "广告": 5,
            "自拓": 5,
        }
    )
    words: dict[str, Points] = Field(
        default_factory=lambda: {"报价": 20, "价格": 20, "多少钱": 20, "演示": 20, "试用": 20, "样品": 10, "急": 5}
    )
    word_max: Points = 40
    intent_max: Points = 50
    half_life_days: int = Field(default=14, ge=1, le=3650)
    penalties: dict[str, Points] = Field(
        default_factory=lambda: {"空号": -30, "停机": -30, "打不通": -30, "竞品": -50, "同行": -50, "学生": -20}
    )
    grades: dict[str, int] = Field(default_factory=lambda: {"A": 75, "B": 50, "C": 25})
