// The desk: which phones stand on it, what the stream brings, the switch, the wire and the faults.

import { h, post } from "./dom.js";
import { Phone } from "./phone.js";
import { Wire } from "./wire.js";

const PEOPLE_ON_DESK = 4;
const $ = (selector) => document.querySelector(selector);
const remembered = () => { try { return localStorage.getItem("haitun.platform"); } catch { return null; } };

let kind = remembered() === "dingtalk" ? "dingtalk" : "wecom";
let state = null;
let phones = [];
let loading = null;
const desks = {};
const wire = new Wire($("#exchanges"), $("#tally"), () => kind);

/** Who approves and who counts money, by title; the rest sell. */
function role(person) {
  if (/财务|会计|出纳/.test(person.title + person.name)) return "finance";
  return /经理|主管|总监|负责人/.test(person.title + person.name) ? "approver" : "rep";
}

function suggestionsFor(person) {
  const all = state.suggestions;
  if (role(person) === "rep") return all.filter((text) => !text.startsWith("待我"));
  return [...all.filter((text) => /待|帮助/.test(text)), role(person) === "approver" ? "看业绩" : "查 云图智能"];
}

const HINTS = {
  rep: "登记线索、领取客户、下单……像发消息一样说出来就行。点一句试试",
  approver: "有人下单，审批卡片会出现在这里，点一下就批",
  finance: "有人登记回款，确认卡片会出现在这里",
};

/** The bot tells people things where they last spoke or tapped. */
function hintFor(person) {
  const used = state.last_used[person.name] || kind;
  if (used === kind) return HINTS[role(person)];
  return `${person.name}刚才用的是${used === "wecom" ? "企业微信" : "钉钉"}，给 TA 的通知会发到那边；在这里说句话，就改到这里`;
}

/** The accounts on the desk: two reps, an approver, finance, then whoever is left. */
function defaultDesk(cast) {
  const order = { rep: 0, approver: 1, finance: 2 };
  const sorted = [...cast.people].sort((a, b) => order[role(a)] - order[role(b)]);
  const reps = sorted.filter((each) => role(each) === "rep").slice(0, 2);
  const rest = sorted.filter((each) => !reps.includes(each) && role(each) !== "rep");
  const approvers = rest.filter((each) => role(each) === "approver").slice(0, 1);
  const finance = rest.filter((each) => role(each) === "finance").slice(0, 1);
  const chosen = [...reps, ...approvers, ...finance];
  for (const each of sorted) if (chosen.length < PEOPLE_ON_DESK && !chosen.includes(each)) chosen.push(each);
  return { people: chosen.map((each) => each.account), group: cast.groups[0]?.key };
}

function places() {
  const cast = state[kind];
  const desk = (desks[kind] ||= defaultDesk(cast));
  const people = desk.people.map((account) => cast.people.find((each) => each.account === account)).filter(Boolean);
  const choices = cast.people.map((each) => [each.account, `${each.name}　${each.title}`]);
  const found = people.map((person) => ({ kind, ...person, role: role(person), suggestions: suggestionsFor(person), hint: hintFor(person), choices }));
  const group = cast.groups.find((each) => each.key === desk.group);
  if (group) {
    found.push({ kind, group, people, role: "group", suggestions: ["待我审批", "帮助"], choices: cast.groups.map((each) => [each.key, each.name]),
      hint: kind === "wecom" ? "线索、成交、提醒会播报到群里" : "播报会到群里；@海豚 也能在群里说话" });
  }
  return found;
}

/** Puts another person's (or group's) phone in this place; one who already stands elsewhere changes places. */
function swap(phone, wanted) {
  const desk = desks[kind];
  if (phone.place.group) desk.group = wanted;
  else {
    const [here, there] = [desk.people.indexOf(phone.place.account), desk.people.indexOf(wanted)];
    if (there >= 0) desk.people[there] = phone.place.account;
    desk.people[here] = wanted;
  }
  build(phones.indexOf(phone));
}

const hooks = {
  nameOf: (platform, account) => state[platform].people.find((each) => each.account === account)?.name || account,
  said: (phone) => { use(phone); finish(phone.place.role === "approver" ? "tap" : "say"); },
  pressed: (phone) => { use(phone); finish("tap"); },
  swap,
};

function use(phone) {
  state.last_used[phone.speaker.name] = kind;
}

function build(shown = 0) {
  document.body.dataset.platform = kind;
  for (const button of document.querySelectorAll("[data-switch]")) {
    button.setAttribute("aria-pressed", String(button.dataset.switch === kind));
    if (button.dataset.switch === kind) button.classList.remove("unread");
  }
  phones = places().map((place) => new Phone(place, hooks));
  $("#desk").replaceChildren(...phones.map((phone) => phone.element));
  $("#tabs").replaceChildren(...phones.map((phone, index) => h("button", { type: "button", role: "tab", onclick: () => show(index) },
    phone.place.group ? "群" : phone.place.name)));
  phones.forEach((phone) => phone.clear());
  state.messages.forEach((message) => receive(message, true));
  show(shown);
  wire.load(state.wire);
  faults(state.faults);
}

function receive(message, quiet) {
  phones.forEach((phone, index) => {
    if (!phone.shows(message)) return;
    const isNew = phone.upsert(message);
    const tab = $("#tabs").children[index];
    if (isNew && !quiet && !tab.classList.contains("on")) tab.classList.add("unread");
  });
}

function show(index) {
  phones.forEach((phone, each) => phone.element.classList.toggle("on", each === index));
  [...$("#tabs").children].forEach((tab, each) => {
    tab.classList.toggle("on", each === index);
    tab.setAttribute("aria-selected", String(each === index));
  });
  $("#tabs").children[index]?.classList.remove("unread");
  const list = phones[index]?.list;
  if (list) list.scrollTop = list.scrollHeight;
}

async function load() {
  const mine = (loading = {});
  const answer = await fetch("state");
  const fresh = await answer.json();
  if (loading !== mine) return;
  state = fresh;
  build();
}

function listen() {
  const stream = new EventSource("events");
  const on = (name, act) => stream.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("hello", load);
  on("message", (message) => { keep(message); receive(message, false); elsewhere(message); });
  on("wire", (exchange) => { state?.wire.push(exchange); wire.add(exchange); faults(exchange.faults); $("#wire-dot").classList.add("on"); });
  on("faults", (event) => faults(event.faults));
  on("done", (event) => phones.filter((phone) => phone.place.kind === event.platform && phone.speaker.account === event.account)
    .forEach((phone) => phone.done(event)));
  stream.addEventListener("open", () => document.body.classList.remove("offline"));
  stream.addEventListener("error", () => document.body.classList.add("offline"));
  addEventListener("pagehide", () => stream.close());
}

/** A dot on the other platform's name: something came there. */
function elsewhere(message) {
  if (message.platform !== kind) document.querySelector(`[data-switch="${message.platform}"]`)?.classList.add("unread");
}

function keep(message) {
  if (!state) return;
  const at = state.messages.findIndex((each) => each.number === message.number);
  if (at < 0) state.messages.push(message);
  else state.messages[at] = message;
}

function faults(pending) {
  if (!pending) return;
  $("#pending").replaceChildren(...pending.map((line) => h("li", null, line)));
  $("#faults-open").classList.toggle("armed", pending.length > 0);
}

function mark(id, isDone) {
  document.querySelector(`[data-step="${id}"]`)?.classList.toggle("done", isDone);
}

const finish = (id) => mark(id, true);

function drawer(id, open) {
  for (const each of document.querySelectorAll(".drawer")) {
    const shown = each.id === id && (open ?? !each.classList.contains("open"));
    each.classList.toggle("open", shown);
    each.inert = !shown;
  }
  if (id === "wire" && $("#wire").classList.contains("open")) {
    finish("see");
    $("#wire-dot").classList.remove("on");
  }
}

const steps = {
  say: () => {
    const index = phones.findIndex((phone) => phone.place.role === "rep");
    if (index < 0) return;
    show(index);
    phones[index].element.scrollIntoView({ behavior: "smooth", block: "nearest" });
    phones[index].fill(state.suggestions.find((text) => text.startsWith("下单")) || state.suggestions[0]);
  },
  tap: () => {
    const index = Math.max(0, phones.findIndex((phone) => phone.place.role === "approver"));
    show(index);
    phones[index].element.scrollIntoView({ behavior: "smooth", block: "nearest" });
    phones[index].element.classList.remove("look");
    void phones[index].element.offsetWidth;
    phones[index].element.classList.add("look");
  },
  see: () => drawer("wire", true),
};

for (const button of document.querySelectorAll("[data-switch]")) {
  button.addEventListener("click", () => {
    kind = button.dataset.switch;
    try { localStorage.setItem("haitun.platform", kind); } catch { /* private window */ }
    for (const id of ["say", "tap", "see"]) mark(id, false);
    if (state) build();
  });
}
for (const step of document.querySelectorAll("[data-step]")) step.addEventListener("click", () => steps[step.dataset.step]());
for (const button of document.querySelectorAll("[data-fault]")) {
  button.addEventListener("click", () => post("faults", { kind: button.dataset.fault, platform: kind }));
}
for (const button of document.querySelectorAll("[data-filter]")) {
  button.addEventListener("click", () => {
    for (const each of document.querySelectorAll("[data-filter]")) each.setAttribute("aria-pressed", String(each === button));
    wire.choose(button.dataset.filter);
  });
}
$("#wire-open").addEventListener("click", () => drawer("wire"));
$("#faults-open").addEventListener("click", () => drawer("faults"));
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => drawer("", false));
$("#clear").addEventListener("click", () => post("clear", {}));
addEventListener("keydown", (event) => { if (event.key === "Escape") drawer("", false); });
addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.plus[open], details.wmenu[open]")) if (!open.contains(event.target)) open.open = false;
});
listen();
