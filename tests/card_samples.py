"""Facts as the handlers give them, for each template: at least one full set, and the barest one that must do.

`HOSTILE` is what people may have typed into them instead.
"""

from typing import Any

NOW = "2026-11-23T10:00:00+08:00"
LI = {"code": "U000002", "name": "李雷"}
WANG = {"code": "U000001", "name": "王经理"}
QIAN = {"code": "U000005", "name": "钱会计"}
SEA = {"code": "S000001", "name": "华东公海"}
SHORT = {"code": "C000001", "name": "上海海豚科技有限公司"}

CUSTOMER: dict[str, Any] = {
    **SHORT, "kind": "company", "phone": "021-55550001", "region": "上海", "industry": "软件", "level": "A",
    "address": "上海市浦东新区张江路 1 号", "owner": LI, "sea": None, "home_sea": "华东公海",
    "reclaim_at": "2026-11-26T02:00:00+08:00", "last_follow_up_at": "2026-11-20T15:00:00+08:00",
    "opportunity_total": "128000.00", "order_total": "50000.00", "payment_total": "20000.00", "refund_total": "0.00",
    "outstanding_total": "30000.00", "tags": ["VIP", "华东"], "won": True, "version": 3,
}  # fmt: skip
IN_SEA: dict[str, Any] = {**SHORT, "owner": None, "sea": "华东公海", "home_sea": "华东公海"}
LEAD: dict[str, Any] = {
    "code": "L000123", "name": "张三", "phone": "13800138000", "company": "上海海豚科技有限公司", "title": "采购经理",
    "email": "zhang@example.com", "wechat": "zhangsan", "source": "展会", "status": "following", "owner": LI,
    "pool": None, "region": "上海", "note": "广交会认识", "last_follow_up_at": "2026-11-20T15:00:00+08:00",
}  # fmt: skip
POOLED: dict[str, Any] = {
    "code": "L000124",
    "name": "赵敏",
    "status": "unassigned",
    "pool": "华东线索池",
    "owner": None,
}
DECISION: dict[str, Any] = {
    "at": NOW, "pool": "华东线索池", "rule": "展会", "rule_version": 2, "strategy": "轮流", "person": LI,
    "why": "轮流：轮到李雷", "state": "已分配", "skipped": [{"name": "韩梅梅", "why": "请假"}], "reason": None,
}  # fmt: skip
LINE = {"product": {"code": "P001", "name": "打印机"}, "quantity": "3", "unit": "台", "price": "1200.00",
        "discount": "0.95", "amount": "3420.00"}  # fmt: skip
ORDER: dict[str, Any] = {
    "code": "SO20261123-0001", "customer": SHORT, "amount": "3420.00", "discount": "0.9500", "allowance": "0.00",
    "status": "pending", "fulfilment": "none", "lines": [LINE], "approver": WANG, "approvers": [WANG], "owner": LI,
    "payment_total": "0.00", "outstanding_total": "3420.00", "note": "客户要求周五前到货", "created_at": NOW,
}  # fmt: skip
PAYMENT: dict[str, Any] = {
    "code": "PM20261123-0001", "order": {"code": "SO20261123-0001"}, "customer": SHORT, "amount": "2600.00",
    "method": "银行转账", "paid_at": "2026-11-23T00:00:00+08:00", "status": "pending", "approver": QIAN, "owner": LI,
}  # fmt: skip
FOLLOW_UP: dict[str, Any] = {
    "code": "F000009", "content": "客户对方案满意，等预算批复", "method": "电话", "at": "2026-11-20T15:00:00+08:00",
    "person": LI, "next_at": "2026-11-24T15:00:00+08:00",
}  # fmt: skip
TODO: dict[str, Any] = {
    "code": "T000003", "title": "给张总打电话", "due_at": "2026-11-24T15:00:00+08:00", "status": "open",
    "about": SHORT, "person": LI, "created_by": WANG, "repeat": None,
}  # fmt: skip
CONTACT: dict[str, Any] = {"code": "K000005", "name": "黄蓉", "title": "采购总监", "role": "决策人",
                           "phone": "13700002222", "customer": SHORT, "owner": LI}  # fmt: skip
APPROVAL: dict[str, Any] = {"code": "AP20261123-0001", "subject": "order", "status": "pending", "submitter": LI}
FILE: dict[str, Any] = {"code": "FL000003", "name": "合同.pdf", "kind": "file", "size": 20480, "status": "stored",
                        "at": NOW, "person": LI}  # fmt: skip
CANDIDATES = [
    {**SHORT, "brief": "李雷负责"},
    {"code": "C000002", "name": "杭州海豚文化有限公司", "brief": "华东公海·可领取"},
]
EXPLAIN: dict[str, Any] = {
    "rule": "15天未跟进", "version": 2, "days": 15, "day_type": "calendar", "clock_start": "2026-11-10T15:00:00+08:00",
    "clock_reason": "最近一次有效跟进", "deadline": "2026-11-26T02:00:00+08:00", "exempt": None,
    "follow_ups": [{**FOLLOW_UP, "counted": True}, {**FOLLOW_UP, "counted": False, "why": "少于 8 个字"}],
    "skipped": [{"day": "2026-11-14", "why": "周六"}, {"day": "2026-11-15", "why": "周日"}],
    "others": [{"rule": "超期未成交", "deadline": "2027-01-26T02:00:00+08:00"}],
    "exemptions": ["没有豁免：不是「已成交」"], "extensions": ["11月12日 王经理同意延期 3 天"],
    "action": "写一条至少 8 个字的跟进",
}  # fmt: skip
OPPORTUNITY: dict[str, Any] = {
    "code": "O000012", "name": "打印机二期", "customer": SHORT, "owner": LI, "amount": "128000.00",
    "expected_close": "2026-12-31", "stage": "方案报价", "probability": 50, "stage_entered_at": NOW, "status": "open",
    "slips": 1, "note": "产品：打印机", "last_follow_up_at": NOW, "moves": [
        {"from": None, "to": "初步接洽", "status": "open", "at": NOW, "by": LI, "days": None, "feedback": None},
        {"from": "初步接洽", "to": "方案报价", "status": "open", "at": NOW, "by": LI, "days": 4, "feedback": "可以"},
    ],
}  # fmt: skip
ROBOT: dict[str, Any] = {"code": "L000123", "name": "张三 13800138000", "who": LI, "at": NOW, "amounts": False,
                         "mentions": ["lilei"]}  # fmt: skip
ORDER_EVENT: dict[str, Any] = {
    **ROBOT,
    "code": "SO20261123-0001",
    "name": SHORT["name"],
    "amount": "3420.00",
    "by": WANG,
}
REPORT: dict[str, Any] = {"day": NOW, "scope": {"name": "华东组"}, "counts": [["新线索", 5], ["跟进", 12]],
                          "amounts": False, "money": [["已审核订单", "34200.00"]],
                          "ranking": [{"name": "李雷", "value": "3 单", "amount": "34200.00"}]}  # fmt: skip

DELEGATION = {
    "person": WANG,
    "to": LI,
    "from": "2026-11-23",
    "until": "2026-11-27",
    "subjects": ["order"],
    "max_amount": "50000.00",
}
REQUEST = {
    "code": "AP20261123-0002",
    "command": "customer.return",
    "title": "退回公海 海豚科技",
    "status": "pending",
    "amount": None,
    "reason": None,
    "approvers": [WANG],
}
FIGURES = [
    {"key": "outstanding", "name": "待回款", "unit": "yuan", "value": "3420.00"},
    {"key": "orders", "name": "订单", "unit": "count", "value": 3},
]
SAMPLES: dict[str, list[dict[str, Any]]] = {
    "notice": [{"title": "已改好", "texts": ["级别：B → A"], "rows": [["客户", "海豚科技"]], "quote": "原话"},
        {"title": "好"}],
    "text": [{"text": "好的，已取消。"}],
    "question": [{"question": "要给哪个客户写跟进？", "about": "写跟进", "candidates": CANDIDATES},
        {"question": "下单：请确认", "detail": "「120折」没看懂，其余照办吗？"},
        {"question": "原因是什么？"}],
    "refusal": [{"title": "现在不能领取 上海海豚", "rule": "每人每天最多领取 5 个", "state": "今天已领取 5 个",
                 "next": "11月24日(周二) 00:00 起可以再领", "candidates": CANDIDATES}, {"title": "没找到"}],
    "confirm": [{"said": "今天拜访王总，想要 20 台打印机", "drafts": [
        {"noun": "contact", "title": "王总", "rows": [["电话", "13800138000"]], "unsure": ["姓名"]},
        {"noun": "follow_up", "title": "海豚科技", "rows": [["方式", "拜访"]]}]},
        {"drafts": [{"noun": "todo", "title": "报价", "rows": []}]}],
    "help": [{"topics": [{"title": "登记线索", "examples": ["登记线索 张三 13800138000", "加个线索 李四"]}]},
        {"topics": [], "open": "还在等你回答：原因是什么？"}],
    "help_topic": [{"topic": "登记线索", "about": "把新认识的人记下来", "examples": ["登记线索 张三 13800138000"],
                    "parts": [["电话", "手机或座机"]]}, {"topic": "撤销", "examples": ["撤销"]}],
    "list": [{"title": "活动", "items": [{"code": "G000001", "name": "广交会", "brief": "进行中"}] * 12, "total": 23},
             {"title": "活动", "items": [], "empty": "还没有活动"}],
    "crash": [{"number": "8F3K"}, {"number": "8F3K", "said": "下单 西溪 显微镜x3" * 9}],
    "stranger": [{}],
    "undone": [{"what": "领取客户", "subject": SHORT, "changes": ["负责人：李雷 → 无"]}, {"what": "领取客户",
        "blocked": ["之后又写了跟进 F000009"]}],
    "sales/lead": [{"lead": LEAD}, {"lead": POOLED}, {"lead": {"code": "L1", "status": "invalid"}}],
    "sales/lead_list": [{"items": [LEAD, POOLED], "scene": "mine", "total": 2}, {"items": []}],
    "sales/assignment": [
        {"lead": LEAD, "decisions": [DECISION, {**DECISION, "person": None, "rule": None, "skipped": []}],
         "given": {"owner": LI, "how": "分配", "by": None, "at": NOW}},
        {"lead": POOLED, "decisions": [], "given": None}],
    "company/report_sources": [{"subject": {"name": "华东组"}, "period": "this_month",
        "total": {"created": 5, "converted": 2, "rate": 0.4},
        "items": [{"source": "展会", "created": 5, "converted": 2, "rate": 0.4, "converted_30": 1, "converted_60": 2,
                   "converted_90": 2}]},
        {"subject": {"name": "我"}, "period": "today", "total": {"created": 0, "converted": 0, "rate": None},
         "items": []}],
    "sales/leads_draft": [{"leads": [{"brief": "张三 13800138000", "known": None}, {"brief": "李四 13900139000",
        "known": "号码 139****9000 已存在：线索 李四 L000045，由韩梅梅负责"}], "count": 1, "left_out": 1}],
    "sales/leads_made": [{"leads": [{"code": "L000123", "brief": "张三 13800138000"}], "notes": ["未登记 李四"]}],
    "sales/converted": [{"lead": LEAD, "customer": SHORT, "contact": CONTACT, "opportunity": {"code": "O000012",
        "name": "打印机"}},
                        {"lead": LEAD, "customer": SHORT, "attached": True}],
    "sales/opportunity": [{"opportunity": OPPORTUNITY, "next_stage": "商务谈判"},
        {"opportunity": {**OPPORTUNITY, "status": "lost", "reason": "价格太高", "competitor": "海天"},
         "next_stage": None}],
    "sales/opportunity_list": [{"items": [OPPORTUNITY] * 12, "scene": "mine", "total": 30, "sum": "128000.00"},
        {"items": [OPPORTUNITY], "about": SHORT}, {"items": []}],
    "customers/customer": [{"customer": CUSTOMER, "follow_up": FOLLOW_UP, "contacts": [CONTACT]},
        {"customer": IN_SEA},
                           {"customer": {"name": "成都武侯祠", "owner": LI}}],
    "customers/customer_list": [{"items": [CUSTOMER, IN_SEA] * 10, "scene": "mine", "total": 23},
        {"items": [IN_SEA], "scene": "sea", "sea": "华东公海"}, {"items": []}],
    "customers/claimed": [{"customer": CUSTOMER, "follow_ups": [FOLLOW_UP], "returned_reason": "李雷退回：联系不上",
                           "orders": [ORDER], "contacts": [CONTACT], "known_to": [LI],
                           "used": {"today": 3, "daily_limit": 5, "holding": 7, "holding_limit": 8}},
        {"customer": SHORT}],
    "customers/returned": [{"customer": SHORT, "sea": SEA, "reason": "联系不上",
        "again_at": "2026-12-23T10:00:00+08:00"}],
    "customers/owner_changed": [{"noun": "customer", "subject": SHORT, "how": "transfer", "by": WANG, "from": LI,
        "to": QIAN, "reason": "调岗"},
                                {"noun": "lead", "subject": LEAD, "how": "x"}],
    "customers/explain": [{"customer": CUSTOMER, "explain": EXPLAIN}, {"customer": SHORT,
        "explain": {"deadline": None, "exempt": "已成交"}}],
    "customers/reclaim_warning": [{"customers": [CUSTOMER]}, {"customers": [CUSTOMER] * 12, "person": LI,
        "last": True}],
    "customers/reclaimed": [{"customers": [{**SHORT, "sea": "华东公海"}], "rule": "15天未跟进",
        "again_at": "2026-12-23T10:00:00+08:00"}, {"customers": [SHORT] * 3}],
    "customers/contact": [{"contact": CONTACT}],
    "customers/follow_up": [{"follow_up": FOLLOW_UP, "about": SHORT, "reclaim_at": "2026-12-08T02:00:00+08:00",
        "todo": TODO}, {"follow_up": {**FOLLOW_UP, "content": "1"}, "about": SHORT,
        "uncounted": "少于 8 个字，不计入回收期"}],
    "customers/follow_up_list": [{"items": [FOLLOW_UP], "about": SHORT, "total": 1}, {"items": []}],
    "customers/file": [{"file": FILE, "about": SHORT, "note": "语音没有变成文字"}, {"file": FILE, "about": SHORT}],
    "customers/file_list": [{"items": [FILE, {**FILE, "status": "failed", "why": "已过期"}], "about": SHORT,
        "total": 2}, {"items": [], "about": SHORT}],
    "customers/todo": [{"todo": TODO}, {"todo": {**TODO, "status": "done"}}],
    "customers/todo_list": [{"items": [TODO], "when": "today", "person": LI, "total": 1}, {"items": []}],
    "customers/todo_due": [{"todo": TODO}, {"todo": TODO, "late": True}],
    "customers/return_form": [{"subject": SHORT, "noun": "customer", "reasons": ["联系不上", "无需求", "预算不足",
        "已选竞品", "区域不符", "重复", "其他"], "seas": [SEA, {"name": "华北公海"}]},
                              {"subject": LEAD, "noun": "lead", "reasons": ["空号"], "seas": []}],
    "money/order": [{"order": ORDER, "warnings": ["库存只剩 2 台"]}, {"order": {**ORDER, "status": "rejected",
        "reason": "折扣太低"}}, {"order": {**ORDER, "status": "approved", "fulfilment": "to_ship"}}],
    "money/order_list": [{"items": [ORDER], "scene": "mine", "total": 1, "sum": "3420.00"}, {"items": []}],
    "money/payment": [{"payment": PAYMENT, "order": ORDER}, {"payment": {**PAYMENT, "status": "approved"}}],
    "money/overpaid": [{"payment": PAYMENT, "order": ORDER, "outstanding": "2000.00", "excess": "600.00"}],
    "money/target": [{"subject": LI, "period": "2026-12", "items": [
        {"metric": "order_amount", "name": "订单额", "target": "500000.00", "actual": "120000.00", "gap": "380000.00",
         "rate": "0.2400", "elapsed": "0.7143", "pace": "0.3360", "pipeline": "64000.00"},
        {"metric": "wins", "name": "赢单", "target": 3, "actual": 4, "gap": 0, "rate": "1.3333", "elapsed": "0.0000",
         "pace": None, "pipeline": None}]}],
    "company/approval": [
        {"approval": APPROVAL, "document": ORDER, "why": "九五折以下由上级审批", "next": [QIAN], "customer": CUSTOMER,
        "authority": "0.95", "rate": "0.90"},
        {"approval": {**APPROVAL, "subject": "request"}, "document": REQUEST, "why": "你是李雷的上级",
         "customer": None, "step": "1/2", "due": NOW, "exceptions": 3},
        {"approval": {**APPROVAL, "subject": "payment"}, "document": PAYMENT, "order": ORDER, "why": "回款由财务确认"},
        {"approval": APPROVAL, "document": ORDER, "why": "", "decision": {"by": WANG, "status": "rejected",
        "reason": "折扣太低", "at": NOW}}],
    "company/approval_list": [{"items": [{**APPROVAL, "ref": "SO20261123-0001", "customer": SHORT,
        "amount": "3420.00"}], "total": 1}, {"items": [], "scene": "mine"}],
    "company/question": [{"approval": {"code": "AP20261123-0001", "ref": "SO20261123-0001", "subject": "order"},
        "document": ORDER, "by": WANG, "question": "交期能保证吗", "answer": None, "answered_by": None},
        {"approval": {"code": "AP20261123-0001", "ref": "SO20261123-0001", "subject": "order"}, "document": ORDER,
        "by": WANG, "question": "交期能保证吗", "answer": "没问题", "answered_by": LI, "closed": "已回答"}],
    "company/request": [{"request": REQUEST, "title": "已提交审批 AP20261123-0002"},
        {"request": {**REQUEST, "status": "void", "reason": "客户已换负责人", "approvers": []}}],
    "company/delegation": [{"delegation": DELEGATION, "state": state, "moved": 2}
        for state in ("made", "ended", "for_me", "over")],
    "company/delegations": [{"items": [DELEGATION], "total": 1}, {"items": [], "total": 0}],
    "company/decided": [{"approval": APPROVAL, "document": ORDER, "status": "rejected", "by": WANG,
        "reason": "折扣太低"}, {"approval": APPROVAL, "document": ORDER, "status": "approved", "by": WANG}],
    "company/choice": [{"question": "你要找哪一个客户？", "candidates": CANDIDATES, "said": "海豚", "total": 7},
        {"question": "哪一个？", "candidates": CANDIDATES}],
    "company/whoami": [{"person": {**LI, "department": {"name": "华东组"}, "role": "staff", "duties": ["finance"],
        "manager": WANG, "accounts": ["企业微信 lilei"]}, "scope": "自己的数据", "counts": [["客户", 3]]},
        {"person": LI}],
    "company/report_performance": [
        {"subject": LI, "period": "this_month", "amount": "34200.00", "target": "50000.00", "rate": "0.684",
        "rows": [["订单", 3]], "ranking": [{"name": "李雷", "amount": "34200.00"}]},
        {"subject": LI, "period": "this_month", "amount": "34200.00", "link": "https://scrm.example.com/r/1"},
        {"subject": LI, "period": "this_month", "amount": "34200.00", "rows": [["订单", 3]],
        "link": "https://scrm.example.com/r/1", "picture": "https://scrm.example.com/r/1.png"}],
    "company/report_funnel": [{"subject": LI, "period": "this_month", "stages": [
        {"stage": "初步接洽", "entered": 4, "amount": "128000.00", "further": 3, "rate": "0.7500"},
        {"stage": "需求确认", "entered": 0, "amount": "0.00", "further": 0, "rate": None}],
        "now": [{"stage": "需求确认", "count": 3, "amount": "128000.00"}], "link": "https://scrm.example.com/r/1"},
        {"subject": LI, "period": "this_month", "stages": [{"stage": "初步接洽", "entered": 0, "amount": "0.00",
         "further": 0, "rate": None}], "now": []}],
    "company/report_forecast": [{"subject": LI, "period": "this_quarter", "commit": "5000.00", "best": "128000.00",
        "weighted": "64000.00", "link": "https://scrm.example.com/r/1", "months": [
        {"month": "2026-10", "is_overdue": True, "count": 1, "commit": "0.00", "best": "3000.00", "weighted": "300.00"},
        {"month": None, "is_overdue": False, "count": 1, "commit": "0.00", "best": "0.00", "weighted": "0.00"}]},
        {"subject": LI, "commit": "0.00", "best": "0.00", "weighted": "0.00", "months": []}],
    "company/report_opportunities": [{"title": "初步接洽", "items": [OPPORTUNITY] * 12},
        {"title": "初步接洽", "items": []}],
    "company/report_items": [{"noun": "order", "items": [{"code": "SO20261123-0001", "amount": "3420.00",
        "approved_at": NOW, "customer": SHORT["name"]}] * 12}, {"noun": "payment", "items": []}],
    "questions/answer": [
        {"question": "李雷 下周 要见谁", "figures": FIGURES, "items": [{"code": "T000001", "title": "拜访",
        "about": SHORT, "person": LI, "at": NOW}], "kind": "planned", "total": 12, "empty": "没有安排"},
        {"question": "海豚科技 还欠多少", "figures": FIGURES, "items": [{**ORDER, "noun": "order", "share": "3420.00"}],
        "kind": "summed", "total": 1, "empty": "没有待回款的订单"},
        {"question": "退回", "figures": FIGURES, "items": [{**SHORT, "at": NOW, "how": "退回", "reason": "无需求",
        "sea": {"name": "华东公海"}, "person": LI}], "kind": "period", "total": 1, "empty": "没有"},
        {"question": "成交", "figures": [], "items": [], "kind": "ranked", "total": 0, "empty": "还没有成交的订单"},
        {"question": "没跟进", "figures": FIGURES, "items": [{**LI, "last_at": NOW, "department": {"name": "华东组"}}],
        "kind": "person", "total": 1, "empty": "都跟进了"}],
    "questions/rows": [{"question": "海豚科技 还欠多少", "figure": FIGURES[0], "total": 12,
        "items": [{**ORDER, "noun": "order", "share": "3420.00"}]},
        {"question": "本周新增", "figure": FIGURES[1], "total": 1,
        "items": [{**CUSTOMER, "noun": "customer", "share": 1}]}],
    "questions/who": [{"noun": "customer", **SHORT, "status": "owned", "pool": None, "owner": LI, "team": [WANG],
        "last": {"person": LI, "at": NOW, "method": "电话", "content": "谈了价格"}, "next_at": NOW, "owned_at": NOW},
        {"noun": "customer", **SHORT, "status": "sea", "pool": {"name": "华东公海"}, "owner": None, "team": [],
        "last": None, "next_at": None, "owned_at": None}],
    "company/search": [{"q": "海豚", "items": [{**CUSTOMER, "noun": "customer"}, {**LEAD, "noun": "lead"}, {**ORDER,
        "noun": "order"}], "total": 3}, {"q": "无", "items": []}],
    "company/duplicates": [{"q": "海豚", "items": [{**SHORT, "noun": "customer", "brief": "李雷负责·6天前跟进"}]},
        {"q": "海", "items": []}],
    "company/notices": [{"ref": "SO20261123-0001", "items": [{"to": WANG, "channel": "wecom", "status": "sent",
        "at": NOW, "title": "订单待审批", "why": ""}]}, {"ref": "SO1", "items": []}],
    **{f"robots/lead.{verb}": [{**ROBOT, "pool": "华东线索池", "source": "展会"}, ROBOT]
        for verb in ("registered", "claimed", "returned", "reclaimed")},
    **{f"robots/customer.{verb}": [{**ROBOT, "sea": "华东公海"}, ROBOT]
        for verb in ("claimed", "returned", "reclaimed")},
    **{f"robots/{noun}.reclaim_warning": [{**ROBOT, "deadline": "2026-11-26T02:00:00+08:00"}]
        for noun in ("lead", "customer")},
    **{f"robots/order.{verb}": [ORDER_EVENT, {**ORDER_EVENT, "amounts": True}]
        for verb in ("approved", "rejected", "to_ship")},
    "robots/approval.requested": [{**ORDER_EVENT, "subject": "order", "approvers": [WANG]}],
    "robots/payment.approved": [{**ORDER_EVENT, "order": "SO20261123-0001", "amounts": True}],
    "robots/opportunity.won": [{**ORDER_EVENT, "customer": SHORT}],
    "robots/report.daily": [REPORT, {**REPORT, "amounts": True}],
    "robots/report.weekly": [REPORT, {**REPORT, "amounts": True}],
    "robots/digest": [{"events": [{**ROBOT, "topic": "lead.registered"}, {**ORDER_EVENT,
        "topic": "order.approved"}]}],
}  # fmt: skip
CASES = [(name, number) for name, given in SAMPLES.items() for number in range(len(given))]


def facts(name: str, number: int) -> dict[str, Any]:
    return {"now": NOW, **SAMPLES[name][number]}


HOSTILE = [
    '"}], "title": "x", {{ 7*7 }} {% raw %} \\" \\u0000 \x00\x1b',
    '<a href="https://evil.example">点我</a><@all><@lilei>@all @所有人 <font color="warning">x</font>',
    "[点我](https://evil.example) **粗** _斜_ `码` ![图](https://evil.example/x.png) ~~删~~ &#91;x](y)",
    "# 标题\n> 引用\n- 项\n---\n===\n1. 一\n```\ncode\n```\n\n\n",
    "长" * 10_000,
    "👨‍👩‍👧‍👦🇨🇳é" * 1_500,
    "\u202ereversed\u202c \u2066x\u2069 \ud800 \ufeff\u2028",
    "a" * 300 + "\r\n" * 50,
    " \n\t ",
]


def spoil(value: Any, poison: str) -> Any:
    """Every text of the facts but what the templates branch on, replaced."""
    if isinstance(value, dict):
        kept = ("status", "subject", "noun", "topic", "link", "picture", "mentions", "now", "amounts")
        return {key: inner if key in kept else spoil(inner, poison) for key, inner in value.items()}
    if isinstance(value, list):
        return [spoil(inner, f"{poison}{number}") for number, inner in enumerate(value)]
    return poison if isinstance(value, str) else value
