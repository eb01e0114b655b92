"""What the commands on leads take."""

from typing import Annotated

from handlers.args import (
    Arg,
    Args,
    Company,
    Count,
    CustomerRef,
    Email,
    Flag,
    LeadPoolRef,
    LeadRef,
    LeadRefs,
    Name,
    PersonRef,
    Phone,
    SeaRef,
    Text,
    WeChat,
    Words,
    choice,
)

Source = Annotated[
    Text,
    choice(
        "展会", "转介绍", "官网", "广告", "电话", "外购", "活动", "自拓", "其他",
        展览会="展会", 广交会="展会", 介绍="转介绍", 朋友介绍="转介绍", 老客户介绍="转介绍", 推荐="转介绍",
        老客户推荐="转介绍", 熟人="转介绍", 同事介绍="转介绍", 网站="官网", website="官网", 公司官网="官网",
        抖音="广告",
        小红书="广告", 视频号="广告", 朋友圈="广告", 展销会="展会", 博览会="展会", 电话营销="电话",
        打电话="电话", 百度="广告", 投放="广告", 来电="电话", 电销="电话", 买的="外购", 沙龙="活动",
        会议="活动", 陌拜="自拓", 扫街="自拓", 地推="自拓", 自己开发="自拓", 自己找="自拓",
    ),
]  # fmt: skip


Scene = Annotated[
    Text,
    choice(
        "mine",
        "todo",
        "subordinates",
        "all",
        "pool",
        我的="mine",
        我="mine",
        我名下="mine",
        my="mine",
        待我跟进="todo",
        待跟进="todo",
        下属="subordinates",
        下属的="subordinates",
        全部="all",
        所有="all",
        线索池="pool",
    ),
]


Status = Annotated[
    Text,
    choice(
        "unassigned",
        "pending",
        "following",
        "invalid",
        "converted",
        "void",
        未分配="unassigned",
        待处理="pending",
        跟进中="following",
        无效="invalid",
        已转换="converted",
        已作废="void",
    ),
]


class RegisterLead(Args):
    name: Name | None = Arg("姓名", default=None, labels=("名字", "联系人", "称呼"))
    phone: Phone | None = Arg("电话", default=None, labels=("手机", "手机号", "号码", "联系方式", "座机"))
    company: Company | None = Arg("公司", default=None, labels=("单位", "企业"))
    title: Words | None = Arg("职位", default=None, labels=("职务", "岗位"))
    email: Email | None = Arg("邮箱", default=None, labels=("邮件", "email"))
    wechat: WeChat | None = Arg("微信", default=None, labels=("微信号",))
    source: Source | None = Arg("来源", default=None, labels=("渠道",))
    campaign: Words | None = Arg("市场活动", default=None)
    pool: LeadPoolRef | None = Arg("线索池", default=None)
    region: Words | None = Arg("地区", default=None, labels=("区域",))
    industry: Words | None = Arg("行业", default=None)
    note: Words | None = Arg("备注", default=None, labels=("说明", "需求"))


class ListLeads(Args):
    scene: Scene | None = Arg("范围", default=None)
    status: Status | None = Arg("状态", default=None)
    pool: LeadPoolRef | None = Arg("线索池", default=None)


class ShowLead(Args):
    ref: LeadRef = Arg("线索", "编号或名称")


class ClaimLead(Args):
    ref: LeadRef | None = Arg("线索", "编号或名称", default=None)
    refs: LeadRefs | None = Arg("线索", "多个编号或名称", default=None)
    count: Count | None = Arg("数量", default=None)
    pool: LeadPoolRef | None = Arg("线索池", default=None)
    all_or_nothing: Flag | None = Arg("要么全领", default=None, labels=("全部领到才算", "一个都不能少"))


class AssignLead(Args):
    ref: LeadRef | None = Arg("线索", "编号或名称", default=None)
    refs: LeadRefs | None = Arg("线索", "多个编号", default=None)
    to: PersonRef = Arg("给谁", labels=("负责人",))


class ReturnLead(Args):
    ref: LeadRef = Arg("线索", "编号或名称")
    reason: Words = Arg("退回原因", labels=("原因",))
    pool: LeadPoolRef | None = Arg("线索池", default=None)


class MarkLead(Args):
    ref: LeadRef = Arg("线索", "编号或名称")
    reason: Words | None = Arg("原因", default=None)


class ConvertLead(Args):
    ref: LeadRef = Arg("线索", "编号或名称")
    customer: CustomerRef | None = Arg("并入客户", default=None)
    opportunity: Flag | None = Arg("同时建商机", default=None, labels=("商机", "新商机"))
    sea: SeaRef | None = Arg("公海", default=None)


class UpdateLead(Args):
    ref: LeadRef = Arg("线索", "编号或名称")
    name: Name | None = Arg("姓名", default=None, labels=("名字", "联系人", "称呼"))
    phone: Phone | None = Arg("电话", default=None, labels=("手机", "手机号", "号码", "联系方式", "座机"))
    company: Company | None = Arg("公司", default=None, labels=("单位", "企业"))
    title: Words | None = Arg("职位", default=None, labels=("职务", "岗位"))
    email: Email | None = Arg("邮箱", default=None, labels=("邮件", "email"))
    wechat: WeChat | None = Arg("微信", default=None, labels=("微信号",))
    source: Source | None = Arg("来源", default=None, labels=("渠道",))
    region: Words | None = Arg("地区", default=None, labels=("区域",))
    industry: Words | None = Arg("行业", default=None)
    note: Words | None = Arg("备注", default=None, labels=("说明", "需求"))
