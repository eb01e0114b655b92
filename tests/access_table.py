"""Who may do what with the samples of `access_world.py`: written down by hand from domain.md A.0 and E.7, and nothing
that is tested takes part in it. A new noun needs a sample and a line in `READ`, a new command a line in `KINDS`.
"""

from access_world import PERSONAS

from handlers.args import slot_of
from handlers.command import Command

EVERYBODY = frozenset(PERSONAS)


def some(names: str) -> frozenset[str]:
    """Personas by their names."""
    found = frozenset(names.split())
    assert found <= EVERYBODY, found - EVERYBODY
    return found


ABOVE = some("admin manager_above manager superior")
# A team member's superior stands where the member stands (A.0), so does the head of the department of both members.
TEAM = some("team_read team_write other_manager")
MEMBERS = some("manager owner colleague")  # of the sea and the pool of 华东组
OWN = ABOVE | some("owner")
CUSTOMER = OWN | TEAM
POOLED = MEMBERS | some("admin manager_above")

READ: dict[str, frozenset[str]] = {
    "customer": CUSTOMER,
    "sea customer": POOLED,
    "lead": OWN,
    "pool lead": POOLED,
    "contact": CUSTOMER,
    "opportunity": CUSTOMER,
    "follow_up": CUSTOMER,
    "lead follow_up": OWN,
    "attachment": CUSTOMER,
    "todo": OWN,
    "order": CUSTOMER | some("approver"),
    "payment": CUSTOMER | some("finance"),
    "approval": OWN | some("approver"),
    "payment approval": OWN | some("finance"),
    "notice": some("admin approver"),
    "history": CUSTOMER,
    "target": OWN,
    "sea": EVERYBODY,
    "lead_pool": EVERYBODY,
    "product": EVERYBODY,
    "person": EVERYBODY,
    "department": EVERYBODY,
    "robot": some("admin"),
}
WRITE: dict[str, frozenset[str]] = {
    "customer": some("admin owner superior team_write other_manager manager_above"),  # both are above team_write
    "sea customer": some("admin manager_above"),
    "lead": some("admin owner superior"),
    "pool lead": some("admin manager_above"),
    "todo": some("admin owner superior"),
    "opportunity": some("admin owner superior team_write other_manager manager_above"),  # as its customer
    "order": some("admin owner superior"),
    "payment": some("admin owner superior"),
}
# To whom a record goes is its owner's and his superiors' to say, in a sea its admins': no team's (E.7).
HAND = WRITE | {"customer": some("admin owner superior")}
# A document may be asked about by whoever sees it or its approval.
DOCUMENT = {
    "order": READ["order"], "payment": READ["payment"],
    "approval": READ["order"], "payment approval": READ["payment"],
}  # fmt: skip
DECIDES = {"order": "approver", "approval": "approver", "payment": "finance", "payment approval": "finance"}
POOLS = ("sea customer", "pool lead")  # whose state may be named before the right to them is asked
CLAIM = {"customer": CUSTOMER | POOLED, "sea customer": POOLED, "lead": OWN | POOLED, "pool lead": POOLED}

# What a command does with the record that its argument names. `read`: whoever sees it may; `write`: whoever may change
# it; `claim`: also those of its sea or pool are told that it is there; `decide`, `submit`: of documents, whose turn it
# is and whose it is; `hand`: who may give it to another; `admin`: admins alone; `pay`: whoever may change the
# customer pays its orders, too; `attach`: to a lead of 李雷; `own`: its owner and who is above him, the admins of
# its sea; `offer`: whoever was asked to take the lead, which of the samples nobody was (nor is one
# merged); `retrieve`: whoever decided last, which nobody did; `new`: made where it is not known.
KINDS: dict[str, dict[str, str]] = {
    "lead.register": {}, "lead.register_many": {}, "visit.log": {"ref": "new"}, "lead.list": {},
    "lead.show": {"ref": "read"}, "lead.claim": {"ref": "claim", "refs": "claim"},
    "lead.assign": {"ref": "hand", "refs": "hand"}, "lead.return": {"ref": "write"}, "lead.update": {"ref": "write"},
    "lead.invalidate": {"ref": "write"}, "lead.void": {"ref": "write"}, "lead.restore": {"ref": "write"},
    "lead.convert": {"ref": "write", "customer": "attach"}, "lead.explain_assignment": {"ref": "read"},
    "lead.distribute": {"refs": "write"}, "lead.qualify": {"ref": "write"},
    "lead.accept": {"ref": "offer"}, "lead.decline": {"ref": "offer"},
    "assignment.pause": {}, "assignment.resume": {},
    "customer.claim": {"ref": "claim", "refs": "claim"}, "customer.return": {"ref": "write"},
    "customer.assign": {"ref": "hand", "refs": "hand"}, "customer.transfer": {"ref": "hand", "refs": "hand"},
    "customer.explain": {"ref": "read"}, "customer.request_extension": {"ref": "write"}, "customer.create": {},
    "customer.move_sea": {"ref": "write", "refs": "write"}, "lead.move_pool": {"ref": "write", "refs": "write"},
    "customer.reveal": {"ref": "read"}, "lead.reveal": {"ref": "read"},
    "customer.freeze": {"ref": "admin"}, "customer.unfreeze": {"ref": "admin"},
    "customer.list": {}, "customer.show": {"ref": "read"}, "customer.update": {"ref": "write"},
    "customer.alias": {"ref": "write"},
    "customer.merge": {"ref": "own", "into": "own"}, "customer.unmerge": {"ref": "offer"},
    "customer.tag": {"ref": "write"},
    "contact.create": {"ref": "write"}, "team.add": {"ref": "write"}, "team.remove": {"ref": "write"},
    "follow_up.add": {"ref": "write"}, "follow_up.check_in": {"ref": "write"},
    "file.attach": {"ref": "write"}, "file.list": {"ref": "read"}, "follow_up.list": {"ref": "read"},
    "todo.create": {"ref": "read"}, "todo.list": {}, "todo.done": {"ref": "write"}, "todo.postpone": {"ref": "write"},
    "opportunity.create": {"ref": "write"}, "opportunity.advance": {"ref": "write"},
    "opportunity.win": {"ref": "write"}, "opportunity.lose": {"ref": "write"},
    "opportunity.invalidate": {"ref": "write"}, "opportunity.reopen": {"ref": "write"},
    "opportunity.show": {"ref": "read"}, "opportunity.list": {"ref": "read"},
    "opportunity.update": {"ref": "write"}, "opportunity.transfer": {"ref": "write"},
    "order.create": {"ref": "write"}, "order.update": {"ref": "write"}, "order.show": {"ref": "read"},
    "order.list": {}, "payment.create": {"ref": "pay"},
    "approval.list": {}, "approval.approve": {"ref": "decide", "refs": "decide"}, "approval.reject": {"ref": "decide"},
    "approval.hand_over": {"ref": "decide"}, "approval.withdraw": {"ref": "submit"}, "approval.urge": {"ref": "submit"},
    "lead.explain": {"ref": "read"}, "customer.protect": {"ref": "write"}, "customer.unprotect": {"ref": "write"},
    "leave.add": {}, "leave.list": {}, "leave.cancel": {},
    "rule.set": {}, "rule.tune": {}, "rule.list": {}, "rule.show": {},
    "reclaim.release": {}, "reclaim.discard": {}, "reclaim.restore": {}, "reclaim.runs": {},
    "ask.who": {"ref": "who"}, "ask.agenda": {}, "ask.returned": {}, "ask.neglected": {}, "ask.added": {},
    "ask.deals": {}, "ask.detail": {},
    "search": {}, "check_duplicate": {}, "report.show": {},
    "target.set": {}, "target.show": {}, "notice.explain": {}, "notice.resend": {}, "help": {},
    "share.add": {"ref": "hand"}, "share.remove": {}, "share.list": {"ref": "read"},
    "approval.add_sign": {"ref": "decide"}, "approval.return_to": {"ref": "decide"}, "approval.ask": {"ref": "decide"},
    "approval.answer": {"ref": "submit"}, "approval.retrieve": {"ref": "retrieve"},
    "approval.delegate": {}, "approval.undelegate": {}, "approval.delegations": {},
    "explain.access": {},
    "whoami": {}, "undo": {},
}  # fmt: skip


EVERYBODYS = frozenset({"person", "sea", "lead_pool", "product", "department"})  # what everybody may know of


def slots_of(command: Command) -> list[str]:
    """Arguments that name a record which not everybody may see."""
    slots = {name: slot_of(command.args, name) for name in command.args.model_fields}
    return [name for name, slot in slots.items() if slot.kind == "ref" and set(slot.nouns) - EVERYBODYS]


def knows(kind: str, sample: str) -> frozenset[str]:
    """To whom the record exists in a command of this kind."""
    if kind == "offer":
        return frozenset()
    if kind in ("claim", "who"):
        return CLAIM[sample]
    if kind == "attach":
        return READ[sample] & READ["lead"]
    return DOCUMENT[sample] if kind in ("decide", "submit", "retrieve") else READ[sample]


def may(kind: str, sample: str) -> frozenset[str]:
    """Who is not refused for want of a right; a rule may still refuse."""
    if kind == "decide":
        return some(DECIDES[sample])
    if kind == "retrieve":
        return frozenset()
    if kind == "submit":
        return some("owner")
    if kind == "admin":
        return some("admin")
    if kind == "own":
        return HAND[sample]
    if kind == "attach":
        return WRITE[sample] & WRITE["lead"]
    if kind == "claim":
        return CLAIM[sample] & MEMBERS if sample in POOLS else CLAIM[sample]
    if kind == "hand":
        return HAND[sample]
    if kind == "pay":
        return WRITE["customer" if sample == "order" else sample]
    return WRITE[sample] if kind == "write" else knows(kind, sample)
