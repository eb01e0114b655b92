"""Discounts, approval flows, sales process, quiet hours, calendar, duplicates, what makes a customer won."""

from handlers.company import conditions
from handlers.company.loading_base import Load
from handlers.company.loading_yaml import Path
from models.company.claim_rules import Claims, OwnLimits
from models.company.flow import Discounts, Flow, Flows, Step
from models.company.qualify_rules import Qualification
from models.company.routing import KEYS, Route, Routing
from models.company.rule import WonWhen
from models.sales.process import CLOSING, SUBJECT, SalesProcess


def load_rules(load: Load) -> None:
    """Only what the file states; a part that it does not name stays as it is."""
    stated = load.file.model_fields_set
    if "discounts" in stated:
        load.refuse_twice("discounts", "role")
        load.put("discounts", Discounts(limits=load.file.discounts))
    for number, flow in enumerate(load.file.approval_flows):
        _check_flow(load, flow, number)
    for subject in dict.fromkeys(_subject(flow) for flow in load.file.approval_flows):
        mine = tuple(flow for flow in load.file.approval_flows if _subject(flow) == subject)
        load.put(f"flow/{subject}", Flows(flows=mine))
    if "approval_limits" in stated:
        load.put("approval_limits", load.file.approval_limits)
    if "won_when" in stated:
        load.put("won_when", WonWhen(events=load.file.won_when))
    if "sales_process" in stated:
        _load_process(load)
    if "quiet_hours" in stated:
        load.put("quiet_hours", load.file.quiet_hours)
    if "receivables" in stated:
        load.put("receivables", load.file.receivables)
    if "calendar" in stated:
        load.put("calendar", load.file.calendar)
    if "duplicates" in stated:
        load.put("duplicates", load.file.duplicates)
    if "lead_scoring" in stated:
        load.put("lead_scoring", load.file.lead_scoring)
    if "qualification" in stated:
        load.put("qualification", Qualification(criteria=load.file.qualification))
    if "claims" in stated:
        load.put("claims", _claims(load))
    if "routing" in stated:
        load.put("routing", _routing(load))


def _routing(load: Load) -> Routing:
    """Seas and pools by their ids; each rule names at least one of both, and something by which it is chosen."""
    item, found = load.file.routing, []
    for number, rule in enumerate(item.rules):
        path, own = ("routing", "rules", number), rule.stated()
        if not {"sea", "pool"} & own.keys() or not set(KEYS) & own.keys():
            raise load.lines.wrong(path, "每一条要写条件（region、industry、level、source）和 sea 或 pool")
        found.append(Route(**own | _places(load, rule.sea, rule.pool, path, "")))
    return Routing(rules=tuple(found), **_places(load, item.default_sea, item.default_pool, ("routing",), "default_"))


def _places(load: Load, sea: str | None, pool: str | None, path: Path, prefix: str) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    if sea is not None:
        found[f"{prefix}sea"] = load.ident(load.seas, "公海", sea, (*path, f"{prefix}sea"))
    if pool is not None:
        found[f"{prefix}pool"] = load.ident(load.lead_pools, "线索池", pool, (*path, f"{prefix}pool"))
    return found


def _claims(load: Load) -> Claims:
    """People and departments by their ids; each entry is for one of person, role and department."""
    found = []
    for number, item in enumerate(load.file.claims.limits):
        path, own = ("claims", "limits", number), item.stated()
        if sum(name in own for name in ("person", "role", "department")) != 1:
            raise load.lines.wrong(path, "每一条要写 person、role、department 中的一个")
        if item.person is not None:
            own["person"] = load.ident(load.people, "同事", item.person, (*path, "person"))
        if item.department is not None:
            own["department"] = load.ident(load.departments, "部门", item.department, (*path, "department"))
        found.append(OwnLimits(**own))
    return Claims(**load.file.claims.stated("limits"), limits=tuple(found))


DOCUMENTS = ("order", "payment")
ALIASES = {"customer.extension": "customer.request_extension"}
NO_FLOW = ("approval.", "notice.")


def _subject(flow: Flow) -> str:
    """The name of the rule: a document's noun, else the command that is kept."""
    if flow.subject in DOCUMENTS and flow.on == "create":
        return flow.subject
    name = f"{flow.subject}.{flow.on}"
    return ALIASES.get(name, name)


def _check_subject(load: Load, flow: Flow, path: tuple[str | int, ...]) -> None:
    """There must be such a command, and it must change something."""
    from handlers.registry import BY_NAME  # which lists what is loaded here, too

    name = _subject(flow)
    command = BY_NAME.get(name)
    if name in DOCUMENTS or (command is not None and not command.reads and not name.startswith(NO_FLOW)):
        return
    place, wrong = (
        ("on", flow.on) if any(n.startswith(f"{flow.subject}.") for n in BY_NAME) else ("subject", flow.subject)
    )
    raise load.lines.wrong((*path, place), f"没有可以审批的「{wrong}」（{name}）")


def _load_process(load: Load) -> None:
    load.refuse_twice("sales_process", "name")
    if not load.file.sales_process:
        raise load.lines.wrong(("sales_process",), "销售流程至少要有一个阶段")
    for number, stage in enumerate(load.file.sales_process):
        if stage.name in CLOSING:
            raise load.lines.wrong(("sales_process", number, "name"), f"「{stage.name}」是结束状态，不能作阶段名称")
    load.put(SUBJECT, SalesProcess(stages=load.file.sales_process))


def _check_flow(load: Load, flow: Flow, number: int) -> None:
    path = ("approval_flows", number)
    _check_subject(load, flow, path)
    for place, name in enumerate(flow.departments):
        load.ident(load.departments, "部门", name, (*path, "departments", place))
    if flow.fallback is not None:
        load.ident(load.people, "同事", flow.fallback, (*path, "fallback"))
    try:
        conditions.parse(flow.when)
    except conditions.ConditionError as error:
        raise load.lines.wrong((*path, "when"), f"条件「{flow.when}」不对：{error}") from error
    for place, step in enumerate(flow.steps):
        _check_step(load, step, (*path, "steps", place))


def _check_step(load: Load, step: Step, path: tuple[str | int, ...]) -> None:
    said = [name for name in ("approver", "people", "duty", "role", "field") if getattr(step, name)]
    if len(said) != 1 and step.kind in ("approve", "cc"):
        raise load.lines.wrong(path, "每一步要写 approver、people、duty、role、field 中的一个")
    try:
        conditions.parse(step.when)
    except conditions.ConditionError as error:
        raise load.lines.wrong((*path, "when"), f"条件「{step.when}」不对：{error}") from error
    for place, name in enumerate(step.people):
        load.ident(load.people, "同事", name, (*path, "people", place))
