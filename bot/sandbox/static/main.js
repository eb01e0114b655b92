// The desk: which phones stand on it, what the stream brings, and the switch between the platforms.

import { defaultDesk, places } from "./cast.js";
import { h, post } from "./dom.js";
import { Drawers } from "./drawers.js";
import { Elsewhere } from "./elsewhere.js";
import { Faults } from "./faults.js";
import { Phone } from "./phone.js";
import { Tour } from "./tour.js";
import { Wire } from "./wire.js";

const CLOCK_MS = 10_000;
const $ = (selector) => document.querySelector(selector);
const remembered = () => { try { return localStorage.getItem("haitun.platform"); } catch { return null; } };

let kind = remembered() === "dingtalk" ? "dingtalk" : "wecom";
let state = null;
let phones = [];
let loading = null;
const desks = {};

const nameOf = (platform, account) => state?.[platform].people.find((each) => each.account === account)?.name
  || state?.[platform].groups.find((each) => each.key === account)?.name || account;
const wire = new Wire($("#exchanges"), { kind: () => kind, nameOf });
const faults = new Faults(() => kind);
const elsewhere = new Elsewhere($("#elsewhere"), bring);
const drawers = new Drawers((id) => {
  if (id !== "wire") return;
  tour.finish("see");
  $("#wire-dot").classList.remove("on");
});
const tour = new Tour({
  say: () => {
    const index = phones.findIndex((phone) => phone.place.role === "rep");
    if (index < 0) return;
    const sentences = phones[index].place.suggestions;
    point(index);
    phones[index].fill(sentences.find((text) => text.startsWith("下单")) || sentences[0]);
    phones[index].toast("按「发送」，看看谁会收到");
  },
  tap: () => point(Math.max(0, phones.findIndex((phone) => phone.place.role === "approver"))),
  see: () => drawers.open("wire", $("#wire-open")),
});

const hooks = {
  nameOf,
  said: (phone) => { use(phone); tour.finish(phone.place.role === "approver" ? "tap" : "say"); },
  pressed: (phone) => { use(phone); tour.finish("tap"); },
  swap,
};

function use(phone) {
  state.last_used[phone.speaker.name] = kind;
}

/** Brings a phone into view and lights it up. */
function point(index) {
  const { element } = phones[index];
  show(index);
  element.scrollIntoView({ behavior: "smooth", block: "nearest" });
  element.classList.remove("look");
  void element.offsetWidth;
  element.classList.add("look");
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

/** Puts this person's phone where the longest silence is. */
function bring(account) {
  const own = phones.filter((phone) => !phone.place.group);
  const quiet = own.reduce((best, phone) => ((phone.lastAt || 0) <= (best.lastAt || 0) ? phone : best));
  const index = phones.indexOf(quiet);
  swap(quiet, account);
  point(index);
}

function build(shown = 0) {
  document.body.dataset.platform = kind;
  for (const button of document.querySelectorAll("[data-switch]")) {
    button.setAttribute("aria-pressed", String(button.dataset.switch === kind));
    if (button.dataset.switch === kind) button.classList.remove("unread");
  }
  desks[kind] ||= defaultDesk(state[kind]);
  phones = places(kind, state[kind], desks[kind], state.last_used).map((place) => new Phone(place, hooks));
  $("#desk").replaceChildren(...phones.map((phone) => phone.element));
  $("#tabs").replaceChildren(...phones.map((phone, index) => h("button", { type: "button", role: "tab", onclick: () => show(index) },
    phone.place.group ? "群" : phone.place.name)));
  phones.forEach((phone) => phone.clear());
  state.messages.forEach((message) => receive(message, true));
  elsewhere.settle(phones.map((phone) => phone.place.account));
  show(shown);
  wire.load(state.wire);
  faults.show(state.faults);
}

function receive(message, quiet) {
  phones.forEach((phone, index) => {
    if (!phone.shows(message)) return;
    const isNew = phone.upsert(message, quiet);
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
  phones[index]?.toEnd();
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
  on("message", (message) => { keep(message); receive(message, false); offDesk(message); });
  on("wire", (exchange) => { state?.wire.push(exchange); wire.add(exchange); faults.show(exchange.faults); $("#wire-dot").classList.add("on"); });
  on("faults", (event) => faults.show(event.faults));
  on("done", (event) => phones.filter((phone) => phone.place.kind === event.platform && phone.speaker.account === event.account)
    .forEach((phone) => phone.done(event)));
  stream.addEventListener("open", () => document.body.classList.remove("offline"));
  stream.addEventListener("error", () => document.body.classList.add("offline"));
  addEventListener("pagehide", () => stream.close());
}

/** Something came where nobody looks: a dot on the other platform's name, or a line that names the person. */
function offDesk(message) {
  if (message.platform !== kind) document.querySelector(`[data-switch="${message.platform}"]`)?.classList.add("unread");
  else if (!message.group && !message.revision && message.sender === "app" && !phones.some((phone) => phone.shows(message))) {
    const person = state?.[kind].people.find((each) => each.account === message.chat);
    if (person) elsewhere.add(person);
  }
}

function keep(message) {
  if (!state) return;
  const at = state.messages.findIndex((each) => each.number === message.number);
  if (at < 0) state.messages.push(message);
  else state.messages[at] = message;
}

for (const button of document.querySelectorAll("[data-switch]")) {
  button.addEventListener("click", () => {
    kind = button.dataset.switch;
    try { localStorage.setItem("haitun.platform", kind); } catch { /* private window */ }
    tour.reset();
    elsewhere.reset();
    if (state) build();
  });
}
$("#clear").addEventListener("click", () => post("clear", {}));
addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.plus[open], details.wmenu[open]")) if (!open.contains(event.target)) open.open = false;
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const open of document.querySelectorAll("details.plus[open], details.wmenu[open]")) open.open = false;
});
$("#tabs").addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  const tabs = [...$("#tabs").children];
  const index = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
  tabs[index].focus();
  show(index);
});
setInterval(() => phones.forEach((phone) => phone.tick()), CLOCK_MS);
listen();
