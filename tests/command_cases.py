"""For every command: what it is for, what it refuses, and somebody whom it does not concern, on the small company."""

from dataclasses import dataclass, field
from typing import Any

Step = tuple[str, str, dict[str, Any]]  # who, which command, its arguments
Refused = tuple[str, dict[str, Any], str]  # who, its arguments, the stable code

SO, PM, AP = "SO20261123-0001", "PM20261123-0001", "AP20261123-0001"
SAID = "客户认可方案，下周要正式报价和交期"
LATER, EARLIER = "2026-11-26T09:00:00+08:00", "2026-11-20T09:00:00+08:00"
LINES = [{"product": "显微镜", "quantity": 2, "discount": 0.96}]
MINE, FREE = {"ref": "西溪基因"}, {"ref": "海纳"}

ORDER: Step = ("李雷", "order.create", MINE | {"lines": LINES})
APPROVED: Step = ("陈组长", "approval.approve", {"ref": SO})
REJECTED: Step = ("陈组长", "approval.reject", {"ref": SO, "reason": "交期太紧"})
ASKED: Step = ("陈组长", "approval.ask", {"ref": SO, "question": "交期能保证吗"})
CHEAP_ORDER: Step = ("李雷", "order.create", MINE | {"lines": [{"product": "显微镜", "quantity": 2, "discount": 0.5}]})
PAYMENT: Step = ("李雷", "payment.create", {"ref": SO, "amount": 100})
TODO: Step = ("李雷", "todo.create", {"title": "寄样品", "due_at": "2026-11-24T15:00:00+08:00"})
TEAM: Step = ("李雷", "team.add", MINE | {"person": "韩梅梅", "access": "read"})
SHARED: Step = ("李雷", "share.add", MINE | {"to": "韩梅梅"})
NOTE: Step = ("李雷", "follow_up.add", MINE | {"content": SAID})
PAUSED: Step = ("李雷", "assignment.pause", {})
A_FILE = (
    "insert into attachment (created_at, updated_at, noun, record_id, person_id, kind, name, source, media, at, status,"
    " tries, due_at) select now(), now(), 'customer', 6, id, 'file', '合同.pdf', 'dingtalk', 'x',"
    " timestamptz '2026-11-23 10:00+08', 'stored', 1, now() from person where name in ('李雷', '赵六')"
)
TAKEN: Step = ("李雷", "customer.claim", FREE)
FROZEN: Step = ("周总", "customer.freeze", FREE | {"reason": "勿扰"})
MERGE = "f097c8aabd6f"  # what confirms the merge of C000003 into C000004
LOCKED: Step = ("李雷", "customer.protect", MINE | {"days": 20})
AWAY: Step = ("李雷", "leave.add", {"from": "2026-11-26", "until": "2026-11-27"})
INVALID: Step = ("李雷", "lead.invalidate", {"ref": "高峰", "reason": "停机"})
CHANCE: Step = ("李雷", "opportunity.create", MINE | {"name": "二期设备", "amount": 128000})
AIM: Step = ("陈组长", "target.set", {"person": "李雷", "period": "2026-11", "amount": 300000})
OPEN = {"ref": "二期设备"}
LOST: Step = ("李雷", "opportunity.lose", OPEN | {"reason": "价格太高"})
OFFERED = (  # by the rules of a pool, which the small company has not
    "insert into assignment (lead_id, pool_id, entered_at, hop, rule_version, person_id, chosen_at, skipped, why,"
    " status, created_at, updated_at) select l.id, l.pool_id, l.created_at, 0, 1, p.id, l.created_at, '[]', '轮流',"
    " 'offered', l.created_at, l.created_at from lead l, person p where l.name = '方敏' and p.name = '李雷'"
)

LOOKS = """update rule set body = body || '{"reveal": true}' where subject ~ '^(sea|lead_pool)/'"""
HELD = """insert into reclaim_run (created_at, updated_at, noun, night, state, counts, rules) select now(), now(),
 'customer', '2026-11-22', 'held', jsonb_build_object('due', 25, 'until', '2026-11-22T02:00:00+08:00', 'by_person',
 jsonb_build_array(jsonb_build_array(id, 25, 60))), '{}' from person where name = '李雷'"""
RECLAIMED = """insert into history (walk, command, event, ref, noun, record_id, owner_id, door, at, changes, facts,
 is_undoable) select 'night', 'customer.reclaim', 'customer.reclaimed', 'C000001', 'customer', 1, id, 'clock',
 '2026-11-22T02:00:00+08:00', '[]', jsonb_build_object('run', (select max(id) from reclaim_run)), false
 from person where name = '李雷'"""

ASKED_CARD = """insert into sent_card
    (key, channel, account, person_id, noun, record_id, subject_version, template, facts, buttons, state,
     response_code, message_id, made_at)
    select 'h1', 'wecom', 'lilei', id, '', 0, 0, 'questions/answer', '{}',
    '[{"key": "k", "text": "成交金额明细", "style": "plain", "command": "ask.deals", "args": {"part": "amount"}}]',
    'active', '', '', timestamptz '2026-11-23 09:59+08' from person where name = '李雷'"""


@dataclass(frozen=True)
class Case:
    """`person` does it with `args` after `before`. `refused` is a rule it holds; `foreign` somebody who may not see the
    record or may not do it: a code, or None for an answer that shows nothing of it (`hidden` must not be in it)."""

    person: str
    args: dict[str, Any]
    refused: Refused
    foreign: tuple[str, dict[str, Any], str | None]
    before: list[Step] = field(default_factory=list)
    hidden: tuple[str, ...] = ()
    spoiled: list[Step] = field(default_factory=list)  # what happens besides before `refused`
    confirms: bool = False  # asks first; what it answers is what it does once that is confirmed
    sql: str = ""  # what no command does, before `person` does it


CASES: dict[str, Case] = {
    "lead.register": Case(
        "李雷", {"name": "周航", "phone": "13712340003", "company": "镇江金山化验室", "source": "展会"},
        ("李雷", {"name": "方敏", "phone": "13588880001"}, "duplicate"),
        ("赵六", {"name": "高先生", "phone": "13588880003"}, "duplicate"), hidden=("湖州南浔", "L000003"),
    ),
    "lead.register_many": Case(
        "李雷", {"leads": [{"name": "周航", "phone": "13712340003"}, {"name": "方敏", "phone": "13588880001"}]},
        ("李雷", {"leads": [{"name": "方敏", "phone": "13588880001"}]}, "duplicate"),
        ("赵六", {"leads": [{"name": "高先生", "phone": "13588880003"}]}, "duplicate"),
        hidden=("湖州南浔", "L000003"), confirms=True,
    ),
    "lead.list": Case(
        "李雷", {"scene": "mine"}, ("李雷", {"scene": "别人的"}, "invalid_argument"),
        ("赵六", {"scene": "all"}, None), hidden=("高峰", "方敏"),
    ),
    "lead.show": Case(
        "李雷", {"ref": "高峰"}, ("李雷", {"ref": "没有这个人"}, "not_found"), ("赵六", {"ref": "高峰"}, "not_found"),
    ),
    "lead.claim": Case(
        "李雷", {"ref": "方敏"}, ("李雷", {"ref": "高峰"}, "conflict"), ("赵六", {"ref": "邓超"}, "forbidden"),
    ),
    "lead.assign": Case(
        "王经理", {"ref": "方敏", "to": "韩梅梅"}, ("王经理", {"ref": "方敏", "to": "没有这个人"}, "not_found"),
        ("韩梅梅", {"ref": "方敏", "to": "李雷"}, "forbidden"),
    ),
    "lead.return": Case(
        "李雷", {"ref": "高峰", "reason": "空号"}, ("李雷", {"ref": "高峰"}, "missing_argument"),
        ("赵六", {"ref": "高峰", "reason": "空号"}, "not_found"),
    ),
    "lead.invalidate": Case(
        "李雷", {"ref": "高峰", "reason": "电话打不通"}, ("李雷", {"ref": "罗兰"}, "not_found"),
        ("韩梅梅", {"ref": "高峰", "reason": "空号"}, "not_found"),
    ),
    "lead.void": Case(
        "李雷", {"ref": "高峰", "reason": "重复"}, ("韩梅梅", {"ref": "方敏", "reason": "重复"}, "forbidden"),
        ("赵六", {"ref": "高峰", "reason": "重复"}, "not_found"),
    ),
    "lead.restore": Case(
        "李雷", {"ref": "高峰"}, ("赵六", {"ref": "罗兰"}, "conflict"), ("赵六", {"ref": "高峰"}, "not_found"),
        [INVALID],
    ),
    "lead.convert": Case(
        "李雷", {"ref": "高峰"}, ("李雷", {"ref": "高峰", "customer": "渤海药业"}, "not_found"),
        ("赵六", {"ref": "高峰"}, "not_found"),
    ),
    "lead.update": Case(
        "李雷", {"ref": "高峰", "title": "站长"}, ("李雷", {"ref": "高峰", "phone": "不是号码"}, "invalid_argument"),
        ("赵六", {"ref": "高峰", "title": "站长"}, "not_found"),
    ),
    "lead.distribute": Case(
        "王经理", {"refs": ["方敏"], "people": ["李雷", "韩梅梅"]},
        ("王经理", {"refs": ["方敏", "高峰"], "people": ["李雷"]}, "needs_confirmation"),
        ("韩梅梅", {"refs": ["方敏"], "people": ["李雷"]}, "forbidden"),
    ),
    "lead.qualify": Case(
        "李雷", {"ref": "高峰", "budget": "10万"}, ("李雷", {"ref": "高峰"}, "invalid_argument"),
        ("赵六", {"ref": "高峰", "budget": "10万"}, "not_found"),
    ),
    "lead.accept": Case(
        "李雷", {"ref": "方敏"}, ("李雷", {}, "conflict"), ("赵六", {"ref": "方敏"}, "not_found"), sql=OFFERED,
    ),
    "lead.decline": Case(
        "李雷", {"ref": "方敏", "reason": "手上太多了"}, ("李雷", {}, "conflict"),
        ("赵六", {"ref": "方敏"}, "not_found"), sql=OFFERED,
    ),
    "assignment.pause": Case(
        "李雷", {}, ("李雷", {}, "conflict"), ("赵六", {"person": "李雷"}, "invalid_argument"), spoiled=[PAUSED],
    ),
    "assignment.resume": Case(
        "李雷", {}, ("韩梅梅", {}, "conflict"), ("赵六", {"person": "李雷"}, "invalid_argument"), [PAUSED],
    ),
    "lead.explain_assignment": Case(
        "李雷", {"ref": "高峰"}, ("李雷", {"ref": "没有这个人"}, "not_found"), ("赵六", {"ref": "高峰"}, "not_found"),
    ),
    "customer.claim": Case("李雷", FREE, ("李雷", MINE, "conflict"), ("赵六", FREE, "not_found")),
    "customer.return": Case(
        "李雷", MINE | {"reason": "没预算"}, ("李雷", MINE | {"reason": "没预算"}, "conflict"),
        ("赵六", MINE | {"reason": "没预算"}, "not_found"), spoiled=[ORDER],
    ),
    "customer.assign": Case(
        "王经理", FREE | {"to": "韩梅梅"}, ("王经理", MINE | {"to": "李雷"}, "conflict"),
        ("韩梅梅", FREE | {"to": "李雷"}, "forbidden"),
    ),
    "customer.transfer": Case(
        "陈组长", MINE | {"to": "韩梅梅"}, ("陈组长", MINE | {"to": "李雷"}, "conflict"),
        ("赵六", MINE | {"to": "赵六"}, "not_found"),
    ),
    "customer.move_sea": Case(
        "王经理", FREE | {"sea": "华北公海"}, ("王经理", FREE | {"sea": "华东公海"}, "conflict"),
        ("李雷", FREE | {"sea": "华北公海"}, "forbidden"),
    ),
    "lead.move_pool": Case(
        "王经理", {"ref": "方敏", "pool": "华北线索池"}, ("王经理", {"ref": "高峰", "pool": "华北线索池"}, "conflict"),
        ("李雷", {"ref": "方敏", "pool": "华北线索池"}, "forbidden"),
    ),
    "customer.reveal": Case(
        "李雷", FREE, ("李雷", {"ref": "东港"}, "conflict"), ("赵六", FREE, "not_found"), sql=LOOKS,
    ),
    "lead.reveal": Case(
        "李雷", {"ref": "方敏"}, ("李雷", {"ref": "没有这个人"}, "not_found"), ("赵六", {"ref": "方敏"}, "not_found"),
        sql=LOOKS,
    ),
    "customer.freeze": Case(
        "周总", FREE | {"reason": "法务保留"}, ("周总", FREE | {"reason": "不喜欢"}, "invalid_argument"),
        ("李雷", MINE | {"reason": "勿扰"}, "forbidden"),
    ),
    "customer.unfreeze": Case("周总", FREE, ("周总", MINE, "conflict"), ("李雷", FREE, "forbidden"), [FROZEN]),
    "customer.explain": Case("李雷", MINE, ("李雷", {"ref": "公司"}, "ambiguous"), ("赵六", MINE, "not_found")),
    "customer.request_extension": Case(
        "李雷", MINE | {"days": 5, "reason": "出国"}, ("李雷", MINE | {"days": 60}, "limit_reached"),
        ("赵六", MINE | {"days": 5}, "not_found"),
    ),
    "lead.explain": Case(
        "李雷", {"ref": "高峰"}, ("李雷", {"ref": "没有这个人"}, "not_found"), ("赵六", {"ref": "高峰"}, "not_found"),
    ),
    "customer.protect": Case(
        "李雷", MINE | {"days": 20}, ("李雷", MINE | {"days": 60}, "limit_reached"),
        ("赵六", MINE | {"days": 5}, "not_found"),
    ),
    "customer.unprotect": Case(
        "李雷", MINE, ("陈组长", {"ref": "紫金"}, "conflict"), ("赵六", MINE, "not_found"), [LOCKED],
    ),
    "leave.add": Case(
        "李雷", {"from": "2026-11-26", "until": "2026-11-27"},
        ("李雷", {"from": "2026-11-26", "until": "2026-11-20"}, "invalid_argument"),
        ("赵六", {"from": "2026-11-26", "person": "李雷"}, "forbidden"),
    ),
    "leave.list": Case(
        "李雷", {}, ("李雷", {"person": "没有这个人"}, "not_found"), ("赵六", {}, None), [AWAY], hidden=("李雷",),
    ),
    "leave.cancel": Case(
        "李雷", {}, ("韩梅梅", {}, "not_found"), ("赵六", {"person": "李雷"}, "forbidden"), [AWAY],
    ),
    "rule.set": Case(
        "周总", {"subject": "华东公海", "body": '{"reclaim_after_days": 20}'},
        ("周总", {"subject": "华东公海", "body": '{"reclaim": 20}'}, "invalid_argument"),
        ("王经理", {"subject": "华东公海", "body": "{}"}, "forbidden"),
    ),
    "rule.tune": Case(
        "周总", {"subject": "华东公海", "setting": "回收天数", "value": 20},
        ("周总", {"subject": "华东公海", "setting": "回收天数", "value": 15}, "conflict"),
        ("王经理", {"subject": "华东公海", "setting": "回收天数", "value": 20}, "forbidden"),
    ),
    "rule.list": Case("周总", {}, ("周总", {"q": "x"}, "invalid_argument"), ("李雷", {}, "forbidden")),
    "rule.show": Case(
        "周总", {"subject": "华东公海"}, ("周总", {"subject": "西北公海"}, "not_found"),
        ("李雷", {"subject": "华东公海"}, "forbidden"),
    ),
    "reclaim.release": Case("周总", {}, ("周总", {}, "not_found"), ("李雷", {}, "forbidden"), sql=HELD),
    "reclaim.discard": Case("周总", {}, ("周总", {}, "not_found"), ("李雷", {}, "forbidden"), sql=HELD),
    "reclaim.restore": Case(
        "周总", {}, ("周总", {"ref": "99"}, "not_found"), ("李雷", {}, "forbidden"), sql=f"{HELD};{RECLAIMED}",
    ),
    "reclaim.runs": Case("周总", {}, ("周总", {"q": "x"}, "invalid_argument"), ("李雷", {}, "forbidden"), sql=HELD),
    "customer.create": Case(
        "李雷", {"name": "嘉兴南湖试剂有限公司", "contact": "金岳", "phone": "13712340001"},
        ("李雷", {"name": "杭州西溪基因有限公司"}, "duplicate"),
        ("赵六", {"name": "杭州西溪基因有限公司"}, "duplicate"), hidden=("0571",),
    ),
    "customer.list": Case(
        "李雷", {"scene": "mine"}, ("李雷", {"sea": "西北公海"}, "invalid_argument"),
        ("赵六", {"scene": "all"}, None), hidden=("西溪", "海纳"),
    ),
    "customer.show": Case("李雷", MINE, ("李雷", {"ref": "C999999"}, "not_found"), ("赵六", MINE, "not_found")),
    "customer.update": Case(
        "李雷", MINE | {"level": "A", "address": "文三路1号"}, ("李雷", MINE, "invalid_argument"),
        ("赵六", MINE | {"level": "A"}, "not_found"),
    ),
    "customer.alias": Case(
        "李雷", MINE | {"alias": "西溪测序", "kind": "short"},
        ("李雷", MINE | {"alias": "杭州西溪基因有限公司"}, "duplicate"),
        ("赵六", MINE | {"alias": "西溪测序"}, "not_found"),
    ),
    "customer.merge": Case(
        "王经理", {"ref": "C000003", "into": "C000004", "confirmed": MERGE},
        ("王经理", FREE | {"into": "海纳"}, "invalid_argument"),
        ("赵六", {"ref": "C000003", "into": "C000004"}, "not_found"),
    ),
    "customer.unmerge": Case(
        "王经理", {"ref": "C000003"}, ("王经理", {"ref": "C000004"}, "not_found"),
        ("赵六", {"ref": "C000003"}, "not_found"),
        [("王经理", "customer.merge", {"ref": "C000003", "into": "C000004", "confirmed": MERGE})],
    ),
    "customer.tag": Case(
        "李雷", MINE | {"tags": ["VIP", "华东"]}, ("李雷", MINE | {"tags": ["老客户"], "remove": True}, "conflict"),
        ("赵六", MINE | {"tags": ["VIP"]}, "not_found"),
    ),
    "contact.create": Case(
        "李雷", MINE | {"name": "黄蓉", "phone": "13712340005"},
        ("李雷", MINE | {"name": "黄蓉", "phone": "123"}, "invalid_argument"),
        ("赵六", MINE | {"name": "黄蓉"}, "not_found"),
    ),
    "team.add": Case(
        "李雷", MINE | {"person": "韩梅梅", "access": "read_write"}, ("李雷", MINE | {"person": "李雷"}, "conflict"),
        ("赵六", MINE | {"person": "赵六"}, "not_found"),
    ),
    "team.remove": Case(
        "李雷", MINE | {"person": "韩梅梅"}, ("李雷", MINE | {"person": "赵六"}, "conflict"),
        ("赵六", MINE | {"person": "韩梅梅"}, "not_found"), [TEAM],
    ),
    "visit.log": Case(
        "李雷",
        MINE | {"content": "今天拜访西溪基因林总，要 3 台显微镜，预算 4000", "contact": "林总", "phone": "13712340009",
                "wants": [{"product": "显微镜", "quantity": 3}], "amount": 4000, "remind_at": LATER,
                "remind_title": "报价"},
        ("李雷", MINE | {"content": SAID, "remind_at": EARLIER, "remind_title": "报价"}, "invalid_argument"),
        ("韩梅梅", FREE | {"content": SAID, "contact": "林总"}, "forbidden"), confirms=True,
    ),
    "follow_up.add": Case(
        "李雷", MINE | {"content": SAID, "next_at": LATER}, ("李雷", MINE, "missing_argument"),
        ("赵六", MINE | {"content": SAID}, "not_found"),
    ),
    "follow_up.check_in": Case(
        "李雷", MINE | {"place": "文三路1号", "latitude": "30.27", "longitude": "120.15"},
        ("李雷", MINE | {"latitude": 200}, "invalid_argument"), ("赵六", MINE, "not_found"),
    ),
    "follow_up.list": Case(
        "李雷", MINE, ("李雷", {"person": "没有这个人"}, "not_found"),
        ("赵六", {"person": "李雷"}, None), [NOTE], hidden=(SAID,),
    ),
    "file.attach": Case(
        "李雷", {"ref": "高峰"}, ("李雷", {"ref": "高峰", "media": "x"}, "invalid_argument"),
        ("赵六", {"ref": "高峰"}, "not_found"), [NOTE], sql=A_FILE,
    ),
    "file.list": Case(
        "李雷", MINE, ("李雷", {}, "missing_argument"), ("赵六", MINE, "not_found"), sql=A_FILE,
    ),
    "todo.create": Case(
        "李雷", MINE | {"title": "寄样品", "due_at": LATER},
        ("李雷", {"title": "寄样品", "due_at": EARLIER}, "invalid_argument"),
        ("赵六", MINE | {"title": "寄样品", "due_at": LATER}, "not_found"),
    ),
    "todo.list": Case(
        "李雷", {"when": "this_week"}, ("李雷", {"when": "从前"}, "invalid_argument"),
        ("赵六", {"person": "李雷"}, None), [TODO], hidden=("寄样品",),
    ),
    "todo.done": Case(
        "李雷", {"ref": "寄样品"}, ("李雷", {"ref": "T999999"}, "not_found"),
        ("赵六", {"ref": "寄样品"}, "not_found"), [TODO],
    ),
    "todo.postpone": Case(
        "李雷", {"ref": "寄样品", "due_at": LATER}, ("李雷", {"ref": "寄样品", "due_at": EARLIER}, "invalid_argument"),
        ("赵六", {"ref": "寄样品", "due_at": LATER}, "not_found"), [TODO],
    ),
    "opportunity.create": Case(
        "李雷", MINE | {"name": "二期设备", "amount": 128000, "expected_close": "2026-12-31"},
        ("李雷", FREE | {"name": "二期设备"}, "conflict"), ("赵六", MINE | {"name": "二期设备"}, "not_found"),
    ),
    "opportunity.advance": Case(
        "李雷", OPEN | {"stage": "方案报价", "feedback": "客户认可方案"},
        ("李雷", OPEN | {"stage": "喝茶"}, "invalid_argument"), ("赵六", OPEN, "not_found"), [CHANCE],
    ),
    "opportunity.win": Case(
        "李雷", OPEN | {"amount": 130000}, ("李雷", OPEN, "conflict"), ("赵六", OPEN, "not_found"), [CHANCE],
        spoiled=[LOST],
    ),
    "opportunity.lose": Case(
        "李雷", OPEN | {"reason": "价格太高", "competitor": "海天仪器"}, ("李雷", OPEN, "missing_argument"),
        ("赵六", OPEN | {"reason": "价格太高"}, "not_found"), [CHANCE],
    ),
    "opportunity.invalidate": Case(
        "李雷", OPEN | {"reason": "只是问问"}, ("李雷", OPEN, "missing_argument"),
        ("赵六", OPEN | {"reason": "只是问问"}, "not_found"), [CHANCE],
    ),
    "opportunity.reopen": Case(
        "李雷", OPEN, ("李雷", {"ref": "O999999"}, "not_found"), ("赵六", OPEN, "not_found"), [CHANCE, LOST],
    ),
    "opportunity.show": Case(
        "李雷", OPEN, ("李雷", {"ref": "O999999"}, "not_found"), ("赵六", OPEN, "not_found"), [CHANCE],
    ),
    "opportunity.list": Case(
        "李雷", {"scene": "mine"}, ("李雷", {"scene": "别人的"}, "invalid_argument"),
        ("赵六", {"scene": "all"}, None), [CHANCE], hidden=("二期设备",),
    ),
    "opportunity.update": Case(
        "李雷", OPEN | {"amount": 99000, "expected_close": "2027-01-31"}, ("李雷", OPEN, "invalid_argument"),
        ("赵六", OPEN | {"amount": 1}, "not_found"), [CHANCE],
    ),
    "opportunity.transfer": Case(
        "李雷", OPEN | {"to": "韩梅梅"}, ("李雷", OPEN | {"to": "李雷"}, "conflict"),
        ("赵六", OPEN | {"to": "赵六"}, "not_found"), [CHANCE],
    ),
    "target.set": Case(
        "陈组长", {"person": "李雷", "period": "2026-12", "amount": 500000},
        ("陈组长", {"person": "李雷", "period": "腊月", "amount": 1}, "invalid_argument"),
        ("李雷", {"person": "李雷", "period": "2026-12", "amount": 1}, "forbidden"),
    ),
    "target.show": Case(
        "李雷", {"period": "2026-11"}, ("李雷", {"period": "2026-10"}, "not_found"),
        ("赵六", {"person": "李雷", "period": "2026-11"}, "forbidden"), [AIM],
    ),
    "order.create": Case(
        "李雷", MINE | {"lines": LINES},
        ("李雷", MINE | {"lines": [{"product": "望远镜", "quantity": 1}]}, "invalid_argument"),
        ("赵六", MINE | {"lines": LINES}, "not_found"),
    ),
    "order.update": Case(
        "李雷", {"ref": SO, "discount": 0.98}, ("李雷", {"ref": SO, "discount": 2}, "invalid_argument"),
        ("赵六", {"ref": SO, "discount": 0.98}, "not_found"), [ORDER, REJECTED],
    ),
    "order.show": Case(
        "李雷", {"ref": SO},
        ("李雷", {"ref": "SO20261123-0009"}, "not_found"), ("赵六", {"ref": SO}, "not_found"), [ORDER],
    ),
    "order.list": Case(
        "李雷", {"scene": "mine"}, ("李雷", {"scene": "别人的"}, "invalid_argument"), ("赵六", {}, None), [ORDER],
        hidden=(SO,),
    ),
    "approval.list": Case(
        "陈组长", {"scene": "waiting"}, ("陈组长", {"scene": "全部"}, "invalid_argument"), ("赵六", {}, None), [ORDER],
        hidden=(SO,),
    ),
    "approval.approve": Case(
        "陈组长", {"ref": SO, "comment": "同意"},
        ("李雷", {"ref": SO}, "forbidden"), ("赵六", {"ref": SO}, "not_found"),
        [ORDER],
    ),
    "approval.reject": Case(
        "陈组长", {"ref": SO, "reason": "折扣太低"}, ("陈组长", {"ref": SO}, "missing_argument"),
        ("赵六", {"ref": SO, "reason": "折扣太低"}, "not_found"), [ORDER],
    ),
    "approval.withdraw": Case(
        "李雷", {"ref": SO}, ("陈组长", {"ref": SO}, "forbidden"), ("赵六", {"ref": SO}, "not_found"), [ORDER],
    ),
    "approval.hand_over": Case(
        "陈组长", {"ref": SO, "to": "王经理"}, ("陈组长", {"ref": SO, "to": "李雷"}, "invalid_argument"),
        ("赵六", {"ref": SO, "to": "王经理"}, "not_found"), [ORDER],
    ),
    "approval.urge": Case(
        "李雷", {"ref": SO}, ("陈组长", {"ref": SO}, "forbidden"), ("赵六", {"ref": SO}, "not_found"), [ORDER],
    ),
    "approval.add_sign": Case(
        "陈组长", {"ref": SO, "to": "王经理", "before": True},
        ("陈组长", {"ref": SO, "to": "李雷"}, "invalid_argument"),
        ("赵六", {"ref": SO, "to": "王经理"}, "not_found"), [ORDER],
    ),
    "approval.return_to": Case(
        "陈组长", {"ref": SO, "reason": "缺合同"}, ("陈组长", {"ref": SO, "step": 1}, "invalid_argument"),
        ("赵六", {"ref": SO}, "not_found"), [ORDER],
    ),
    "approval.ask": Case(
        "陈组长", {"ref": SO, "question": "交期能保证吗"}, ("李雷", {"ref": SO, "question": "怎么样"}, "forbidden"),
        ("赵六", {"ref": SO, "question": "交期呢"}, "not_found"), [ORDER],
    ),
    "approval.answer": Case(
        "李雷", {"ref": SO, "answer": "没问题"}, ("陈组长", {"ref": SO, "answer": "没问题"}, "forbidden"),
        ("赵六", {"ref": SO, "answer": "没问题"}, "not_found"), [ORDER, ASKED],
    ),
    "approval.retrieve": Case(
        "陈组长", {"ref": SO}, ("李雷", {"ref": SO}, "conflict"), ("赵六", {"ref": SO}, "not_found"),
        [CHEAP_ORDER, APPROVED],
    ),
    "approval.delegate": Case(
        "陈组长", {"to": "王经理", "until": "2026-11-27"}, ("陈组长", {"to": "陈组长"}, "invalid_argument"),
        ("陈组长", {"to": "没有这个人"}, "not_found"), [ORDER],
    ),
    "approval.undelegate": Case(
        "陈组长", {}, ("韩梅梅", {}, "conflict"), ("赵六", {}, "conflict"),
        [("陈组长", "approval.delegate", {"to": "王经理"})],
    ),
    "approval.delegations": Case(
        "陈组长", {}, ("陈组长", {"who": "我"}, "invalid_argument"), ("赵六", {}, None),
        [("陈组长", "approval.delegate", {"to": "王经理"})], hidden=("陈组长",),
    ),
    "payment.create": Case(
        "李雷", {"ref": SO, "amount": "500", "method": "银行转账"},
        ("李雷", {"ref": SO, "amount": 9000}, "needs_confirmation"),
        ("赵六", {"ref": SO, "amount": 1}, "not_found"), [ORDER, APPROVED],
    ),
    "share.add": Case(
        "李雷", MINE | {"to": "韩梅梅", "access": "read"}, ("李雷", {"to": "韩梅梅"}, "invalid_argument"),
        ("赵六", MINE | {"to": "赵六"}, "not_found"),
    ),
    "share.remove": Case(
        "李雷", MINE, ("李雷", {"ref": "999999"}, "not_found"), ("赵六", MINE, "not_found"), [SHARED],
    ),
    "share.list": Case(
        "李雷", {}, ("李雷", {"ref": "没有这家"}, "not_found"), ("赵六", {}, None), [SHARED], hidden=("西溪",),
    ),
    "search": Case(
        "李雷", {"q": "西溪"}, ("李雷", {}, "missing_argument"), ("赵六", {"q": "西溪"}, None),
        hidden=("杭州西溪基因", "C000006"),
    ),
    "check_duplicate": Case(
        "李雷", {"q": "西溪基因"}, ("李雷", {"q": ""}, "invalid_argument"), ("赵六", {"q": "西溪基因"}, None),
        hidden=("0571", "C000006"),
    ),
    "report.show": Case(
        "李雷", {"report": "performance", "period": "this_month"}, ("李雷", {"report": "天气"}, "invalid_argument"),
        ("赵六", {"report": "performance", "person": "李雷"}, "forbidden"), [ORDER, APPROVED],
    ),
    "ask.who": Case(
        "李雷", MINE, ("李雷", {"ref": "没有这家"}, "not_found"), ("赵六", MINE, "not_found"),
    ),
    "ask.agenda": Case(
        "李雷", {"period": "this_week"}, ("李雷", {"period": "从前"}, "invalid_argument"),
        ("赵六", {"person": "李雷"}, "forbidden"), [TODO],
    ),
    "ask.returned": Case(
        "李雷", {"period": "this_month"}, ("李雷", {"sea": "西北公海"}, "invalid_argument"),
        ("赵六", {}, None), [("李雷", "customer.return", MINE | {"reason": "没预算"})], hidden=("西溪",),
    ),
    "ask.neglected": Case(
        "陈组长", {"what": "people", "days": 7}, ("李雷", {"days": 0}, "invalid_argument"),
        ("赵六", {"person": "李雷"}, "forbidden"),
    ),
    "ask.added": Case(
        "李雷", {"what": "follow_ups"}, ("李雷", {"what": "天气"}, "invalid_argument"),
        ("赵六", {"person": "李雷"}, "forbidden"), [NOTE],
    ),
    "ask.deals": Case(
        "陈组长", {"period": "today"}, ("李雷", {"part": "天气"}, "invalid_argument"),
        ("赵六", {"person": "李雷"}, "forbidden"), [ORDER, APPROVED],
    ),
    "ask.detail": Case(
        "李雷", {}, ("韩梅梅", {}, "not_found"), ("赵六", {"which": "成交"}, "not_found"), sql=ASKED_CARD,
    ),
    "notice.explain": Case(
        "陈组长", {"ref": SO}, ("陈组长", {"ref": "没有这家"}, "not_found"), ("赵六", {"ref": SO}, None), [ORDER],
        hidden=("陈组长",),
    ),
    "notice.resend": Case(
        "陈组长", {"ref": SO}, ("陈组长", {"ref": SO}, "conflict"), ("赵六", {"ref": SO}, "not_found"), [ORDER],
        sql="update outbox set state = 'dead'",
    ),
    "explain.access": Case(
        "李雷", {"ref": "西溪基因"}, ("李雷", {"ref": "没有这家"}, "not_found"),
        ("赵六", {"ref": "西溪基因"}, "not_found"), hidden=("C000006", "李雷"),
    ),
    "help": Case("李雷", {}, ("李雷", {"topics": "线索"}, "invalid_argument"), ("赵六", {"topic": "登记线索"}, None)),
    "whoami": Case("李雷", {}, ("李雷", {"who": "我"}, "invalid_argument"), ("赵六", {}, None), hidden=("李雷",)),
    "undo": Case("李雷", {}, ("韩梅梅", {}, "not_found"), ("赵六", {}, "not_found"), [TAKEN]),
}  # fmt: skip
