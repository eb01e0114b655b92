"""What each person of the demo company may say first: it works for this person, about records that are there."""

import re

from bot.demo import DemoCompany, DemoCustomer, DemoPerson

NEWCOMER = "上海海豚科技有限公司"
SUFFIX = re.compile(r"(?:科技|信息|商贸|贸易|技术|咨询|管理|服务|发展|传播|文化|旅游|股份|集团)*有限公司$")


def sentences_for(person: DemoPerson, company: DemoCompany) -> tuple[str, ...]:
    """A rep sells, finance counts, who leads approves."""
    if person.duties:
        return ("待我审批", "帮助") if "finance" in person.duties else ("帮助",)
    if person.role != "staff":
        return ("待我审批", f"{_led(person, company)}本月业绩", "下属的线索", "帮助")
    own = next((_called(each) for each in company.customers if each.owner == person.name), "")
    free = next((_called(each) for each in company.customers if each.sea in _seas(person, company)), "")
    return (
        f"登记线索 张三 13800138000 {NEWCOMER}",
        *([f"领取 {free}"] if free else []),
        *([f"下单 {own} 打印机x3 1200 九五折"] if own else []),
        *([f"跟进 {own} 客户对方案满意 下次明天下午3点"] if own else []),
        "帮助",
        "我的客户",
        "我这个月业绩",
        "撤销",
    )


def _led(person: DemoPerson, company: DemoCompany) -> str:
    """A department of somebody who reports to him, else his own."""
    groups = (each.department for each in company.people if each.manager == person.name)
    return next(groups, person.department)


def _seas(person: DemoPerson, company: DemoCompany) -> set[str]:
    return {sea.name for sea in company.seas if person.department in sea.members or person.name in sea.members}


def _called(customer: DemoCustomer) -> str:
    """As people call it: 上海海豚科技有限公司 is 海豚科技 where that is short, else without its last words."""
    name = customer.name.removeprefix(customer.region or "").removesuffix("有限公司")
    return name if len(name) <= 4 else SUFFIX.sub("", f"{name}有限公司") or name
