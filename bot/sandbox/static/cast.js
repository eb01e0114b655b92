// Who stands on the desk, and what each may say first.

const PEOPLE_ON_DESK = 4;
const ORDER = { rep: 0, approver: 1, finance: 2, other: 3 };

const HINTS = {
  rep: "像发消息一样说就行，登记线索、领客户、下单。点一句试试：",
  approver: "有人下单，审批卡片会出现在这里，点「同意」就批。也可以问：",
  finance: "有人登记回款，确认卡片会出现在这里。也可以问：",
  other: "和这个人有关的通知会出现在这里。也可以说：",
};

/** By title: who approves, who counts money, who sells. */
export function role({ title, name }) {
  const told = title + name;
  if (/财务|会计|出纳/.test(told)) return "finance";
  if (/经理|主管|总监|负责人/.test(told)) return "approver";
  return /仓|客服|管理员/.test(told) ? "other" : "rep";
}

/** The accounts on the desk: two reps, an approver, finance, then whoever is left. */
export function defaultDesk(cast) {
  const sorted = [...cast.people].sort((a, b) => ORDER[role(a)] - ORDER[role(b)]);
  const of = (wanted, count) => sorted.filter((each) => role(each) === wanted).slice(0, count);
  const chosen = [...of("rep", 2), ...of("approver", 1), ...of("finance", 1)];
  for (const each of sorted) if (chosen.length < PEOPLE_ON_DESK && !chosen.includes(each)) chosen.push(each);
  return { people: chosen.map((each) => each.account), group: cast.groups[0]?.key };
}

/** What is needed to build each phone of the desk. */
export function places(kind, cast, desk, lastUsed) {
  const people = desk.people.map((account) => cast.people.find((each) => each.account === account)).filter(Boolean);
  const choices = cast.people.map((each) => [each.account, `${each.name}　${each.title}`]);
  const found = people.map((person) => ({ kind, ...person, role: role(person), hint: hintFor(person, kind, lastUsed), choices }));
  const group = cast.groups.find((each) => each.key === desk.group);
  if (group) {
    found.push({ kind, group, people, role: "group", suggestions: ["待我审批", "帮助"], choices: cast.groups.map((each) => [each.key, each.name]),
      hint: kind === "wecom" ? "新线索、成交、回收提醒会由群机器人播报到这里" : "播报会到群里；@海豚 也能在群里说话" });
  }
  return found;
}

/** The bot tells people things where they last spoke or tapped. */
function hintFor(person, kind, lastUsed) {
  const used = lastUsed[person.name] || kind;
  if (used === kind) return HINTS[role(person)];
  return `${person.name}刚才用的是${used === "wecom" ? "企业微信" : "钉钉"}，给 TA 的通知会发到那边；在这里说句话，就改到这里`;
}
