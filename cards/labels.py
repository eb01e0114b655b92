"""Chinese words and figures: how a status, an amount or an instant is shown to people.

What is not a number or an instant is shown as it is: a card must never fail on a value.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_WEEKDAYS = "一二三四五六日"

NOUNS = {
    "lead": "线索", "lead_pool": "线索池", "customer": "客户", "sea": "公海", "public_sea": "公海", "contact": "联系人",
    "opportunity": "商机", "quote": "报价", "contract": "合同", "order": "订单", "payment": "回款", "refund": "退款",
    "invoice": "发票", "product": "产品", "campaign": "活动", "todo": "待办", "follow_up": "跟进", "approval": "审批",
    "ticket": "工单", "return": "退货", "goods_return": "退货", "target": "目标", "file": "文件", "attachment": "附件",
    "person": "同事", "department": "部门", "robot": "群机器人", "notice": "通知", "extension": "延期",
    "request": "申请",
}  # fmt: skip
_DOCUMENT = {
    "draft": "未提交", "pending": "待审核", "in_review": "审核中", "approved": "已审核", "rejected": "已驳回",
    "withdrawn": "已撤回", "void": "已作废",
}  # fmt: skip
STATUS: dict[str, dict[str, str]] = {
    "lead": {"unassigned": "未分配", "pending": "待处理", "following": "跟进中", "invalid": "无效",
             "converted": "已转换", "void": "已作废"},
    "customer": {"won": "已成交", "open": "未成交", "sea": "公海", "owned": "跟进中"},
    "fulfilment": {"none": "未发货", "to_ship": "待发货", "part_shipped": "部分发货", "shipped": "已发货",
                   "received": "已签收", "completed": "已完成"},
    "quote": {"sent": "已发送", "accepted": "已接受", "declined": "已拒绝", "expired": "已过期"},
    "opportunity": {"open": "进行中", "won": "赢单", "lost": "输单", "invalid": "无效"},
    "todo": {"open": "未完成", "pending": "未完成", "done": "已完成", "overdue": "已逾期", "cancelled": "已取消",
             "closed": "已关闭"},
    "campaign": {"planned": "已计划", "in_progress": "进行中", "ended": "已结束", "terminated": "已终止"},
    "ticket": {"open": "待处理", "assigned": "处理中", "resolved": "已解决", "closed": "已关闭"},
    "notice": {"waiting": "待发送", "sending": "发送中", "sent": "已发送", "retrying": "重试中", "merged": "已合并",
               "dead": "发送失败", "suppressed": "未发送", "cancelled": "已取消", "maybe_twice": "可能重复"},
    "approval": {**_DOCUMENT, "waiting": "待审批", "handed_over": "已转交", "skipped": "无需处理",
                 "approve": "已审核", "reject": "已驳回", "withdraw": "已撤回"},
    "role": {"admin": "管理员", "dept_manager": "部门主管", "staff": "员工"},
    "duty": {"finance": "财务", "warehouse": "仓库", "service": "客服", "order_admin": "订单管理"},
    "access": {"read": "只读", "read_write": "读写"},
    "kind": {"company": "企业", "individual": "个人"},
    "frozen": {"do_not_contact": "客户要求不要联系", "legal_hold": "法务保留"},
    "platform": {"wecom": "企业微信", "dingtalk": "钉钉"},
    "day_type": {"calendar": "自然日", "business": "工作日"},
}  # fmt: skip
TONES = {
    "pending": "blue", "in_review": "blue", "waiting": "blue", "approved": "green", "converted": "green",
    "done": "green", "sent": "green", "rejected": "red", "dead": "red", "overdue": "red", "following": "green",
}  # fmt: skip
REPORTS = {
    "performance": "业绩", "ranking": "业绩排行", "funnel": "销售漏斗", "payments": "回款", "sources": "线索来源",
    "follow_ups": "跟进", "forecast": "销售预测", "campaigns": "活动效果", "rfm": "客户价值", "receivables": "应收账款",
    "employees": "员工", "sea_health": "公海健康度", "products": "产品销售", "approvals": "审批时效",
    "response_time": "响应时间", "sales_cycle": "成交周期", "distribution": "客户分布", "trend": "趋势",
    "daily": "日报", "weekly": "周报",
}  # fmt: skip
PERIODS = {
    "today": "今天", "yesterday": "昨天", "tomorrow": "明天", "this_week": "本周", "last_week": "上周",
    "this_month": "本月",
    "last_month": "上月", "this_quarter": "本季度", "last_quarter": "上季度", "this_year": "今年", "last_year": "去年",
    "overdue": "逾期", "next_week": "下周", "next_month": "下月", "last_7_days": "最近7天", "last_30_days": "最近30天",
}  # fmt: skip
SCENES = {
    "mine": "我的", "todo": "待我跟进的", "participating": "我参与的", "subordinates": "下属的",
    "all": "全部", "pool": "线索池的", "sea": "公海的",
    "reclaim_soon": "即将回收的", "waiting": "待我审批的", "assigned": "已移交的", "done": "我审批过的",
    "open": "进行中的", "won": "赢单的", "lost": "输单的",
}  # fmt: skip


def status(key: str | None, noun: str = "") -> str:
    """`pending` is 待处理 on a lead and 待审核 on a document; an unknown key is shown as it is."""
    if key is None:
        return ""
    return STATUS.get(noun, {}).get(key) or _DOCUMENT.get(key, key)


def tone(key: str | None) -> str:
    """The colour of a state."""
    return TONES.get(key or "", "grey")


def noun(key: str | None) -> str:
    return NOUNS.get(key or "", key or "")


def report(key: str | None) -> str:
    return REPORTS.get(key or "", key or "")


def period(key: str | None) -> str:
    return PERIODS.get(key or "", key or "")


def scene(key: str | None) -> str:
    return SCENES.get(key or "", key or "")


def _number(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 18 else None


def money(value: object) -> str:
    """`"3420.00"` is ¥3,420.00; None is empty."""
    number = _number(value)
    if number is None:
        return "" if value is None else str(value)
    return f"{'-' if number < 0 else ''}¥{abs(number):,.2f}"


def quantity(value: object) -> str:
    """Without trailing zeros: `"3.000"` is 3."""
    number = _number(value)
    if number is None:
        return "" if value is None else str(value)
    return f"{number:,.4f}".rstrip("0").rstrip(".")


def percent(value: object) -> str:
    """`"0.8342"` is 83.4%."""
    number = _number(value)
    return f"{quantity(round(number * 100, 1))}%" if number is not None else "" if value is None else str(value)


def rate(value: object) -> str:
    """What remains, as people say it: 0.95 is 95折, 0.9 is 9折, 1 is 无折扣."""
    number = _number(value)
    if number is None:
        return "" if value is None else str(value)
    if number == 1:
        return "无折扣"
    hundredths = number * 100
    whole = hundredths / 10 if hundredths % 10 == 0 or hundredths < 10 else hundredths
    return f"{quantity(whole)}折"


def _instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
        return found.astimezone(ZONE) if found.tzinfo else found.replace(tzinfo=ZONE)
    except (ValueError, OverflowError):
        return None


def day(value: object, now: object = None) -> str:
    """11月24日(周二), with the year where it is not that of `now`; takes a date or an instant."""
    found = _instant(value)
    if found is None:
        return "" if value is None else str(value)
    today = _instant(now) if now is not None else None
    year = f"{found.year}年" if today is not None and today.year != found.year else ""
    return f"{year}{found.month}月{found.day}日(周{_WEEKDAYS[found.weekday()]})"


def when(value: object, now: object = None) -> str:
    """11月24日(周二) 15:00 in Shanghai. Without `now` the year is not shown."""
    found = _instant(value)
    if found is None:
        return "" if value is None else str(value)
    return f"{day(found, now)} {found:%H:%M}"


def relative(value: object, now: object) -> str:
    """3天后, 2小时前, 刚刚; days by the calendar. Empty where one of both is not an instant."""
    found, today = _instant(value), _instant(now) if now is not None else None
    if found is None or today is None:
        return ""
    days, gap = (found.date() - today.date()).days, found - today
    if days:
        return {1: "明天", -1: "昨天"}.get(days) or f"{abs(days)}天{'后' if days > 0 else '前'}"
    if abs(gap) < timedelta(minutes=1):
        return "刚刚"
    minutes = int(abs(gap).total_seconds()) // 60
    amount = f"{minutes // 60}小时" if minutes >= 60 else f"{minutes}分钟"
    return f"{amount}{'后' if gap > timedelta(0) else '前'}"


def name(value: object) -> str:
    """A person, department or record by its name, a list of them with 、 between."""
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("code") or "")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(filter(None, (name(item) for item in value)))
    return "" if value is None else str(value)
