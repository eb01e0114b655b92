// One phone: its chat, its suggestion chips and its input line.

import { append, avatar, clock, dolphin, h, post, when } from "./dom.js";
import { drawDingtalk } from "./dingtalk.js";
import { offers } from "./offers.js";
import { drawWecom } from "./wecom.js";

const PAUSE = 5 * 60; // seconds between messages after which the chat shows the time
const NEAR = 160; // pixels from the end within which a chat follows what comes
const TRIES = 5; // sentences on an empty phone

export class Phone {
  /** `place`: {kind: "wecom"|"dingtalk", account, name, title} or a group {…, group: {key, name}, people}. */
  constructor(place, hooks) {
    this.place = place;
    this.hooks = hooks;
    this.messages = new Map();
    this.selected = new Map();
    this.busy = new Map();
    this.speaker = place.group ? place.people[0] : place;
    this.element = this.build();
  }

  shows(message) {
    const { kind, group, account } = this.place;
    return message.platform === kind && (group ? message.group && message.chat === group.key : !message.group && message.chat === account);
  }

  build() {
    const { kind, group, name, title } = this.place;
    const shown = group ? group.name : "海豚";
    const owner = group ? group.name : name;
    this.list = h("div.chat", { role: "log", "aria-live": "polite", "aria-label": `${owner}的聊天`, tabIndex: 0 });
    this.list.addEventListener("scroll", () => {
      this.isAtEnd = this.nearEnd();
      if (this.isAtEnd) this.seen();
    });
    new ResizeObserver(() => { if (this.isAtEnd !== false) this.toEnd(); }).observe(this.list);
    this.hint = h("div.empty");
    this.list.append(this.hint);
    this.note = h("div.note", { role: "status" });
    this.newer = h("button.newer", { type: "button", hidden: true, onclick: () => this.toEnd() });
    this.clock = h("span", null, clock());
    const caption = h("figcaption.owner", null, this.picker(), group ? h("span.avatar.group", { "aria-hidden": "true" }, "群") : avatar(name),
      h("span", null, h("b", null, owner), h("small", null, group ? kind === "wecom" ? "企业微信群 · 机器人播报" : "钉钉群 · 可以 @海豚" : title)));
    const screen = h("div.screen", null,
      h("div.statusbar", { "aria-hidden": "true" }, this.clock, h("i")),
      h("div.titlebar", null, h("span.back", { "aria-hidden": "true" }),
        h("span.name", null, shown, group && h("small", null, `(${this.place.people.length})`), !group && kind === "dingtalk" && h("em", null, "机器人")),
        h("span.dots", { "aria-hidden": "true" })),
      h("div.scroller", null, this.list, this.newer), this.note, this.foot());
    return h(`figure.phone.${kind}`, { data: { who: group ? group.key : this.place.account } }, caption, h("div.case", null, screen));
  }

  /** The caption is a quiet select: whose phone stands here. */
  picker() {
    if (this.place.choices.length < 2) return null;
    const mine = this.place.group ? this.place.group.key : this.place.account;
    const select = h("select.picker", { "aria-label": "换一部手机", title: "换一部手机" },
      this.place.choices.map(([value, label]) => h("option", { value }, label)));
    select.value = mine;
    select.addEventListener("change", () => this.hooks.swap(this, select.value));
    return select;
  }

  foot() {
    if (this.place.group && this.place.kind === "wecom") {
      return h("div.foot.silent", null, "群机器人只播报，收不到群消息");
    }
    this.input = h("textarea", { rows: 1, autocomplete: "off", maxLength: 600, enterKeyHint: "send",
      placeholder: this.place.group ? "@海豚 说点什么" : this.place.kind === "wecom" ? "和海豚说句话" : "发消息给海豚", "aria-label": `${this.place.name || this.place.group.name}说` });
    this.input.addEventListener("input", () => this.grow());
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // Enter may only end a word of an input method
      event.preventDefault();
      this.say(this.input.value);
    });
    this.chips = h("div.chips", { role: "group", "aria-label": "可以这样说" });
    this.suggest([]);
    const form = h("form.composer", { onsubmit: (event) => { event.preventDefault(); this.say(this.input.value); } },
      this.place.group ? this.speakers() : this.talk(), this.input, !this.place.group && this.plus(), h("button.send", { type: "submit" }, "发送"));
    return h("div.foot", null, this.chips, form);
  }

  speakers() {
    const select = h("select.speaker", { "aria-label": "以谁的身份说" }, this.place.people.map((each) =>
      h("option", { value: each.account }, each.name)));
    select.addEventListener("change", () => {
      this.speaker = this.place.people.find((each) => each.account === select.value);
      this.redraw();
    });
    return select;
  }

  talk() {
    const kind = this.place.kind === "wecom" ? "voice" : "audio";
    return h("button.talk", { type: "button", title: "发一段语音", "aria-label": "发一段语音", onclick: () => this.act({ do: "send", kind }) });
  }

  plus() {
    const kinds = this.place.kind === "wecom"
      ? [["image", "图片"], ["voice", "语音"], ["location", "位置"], ["link", "链接"]]
      : [["picture", "图片"], ["audio", "语音"], ["file", "文件"]];
    const items = kinds.map(([kind, label]) => this.option(label, { do: "send", kind }));
    if (this.place.kind === "wecom") items.push(this.option("进入应用", { do: "enter" }));
    return h("details.plus", null, h("summary", { title: "更多", "aria-label": "更多" }), h("div.sheet", null, items));
  }

  option(label, body) {
    return h("button", { type: "button", onclick: (event) => { event.target.closest("details").open = false; this.act(body); } }, label);
  }

  /** Chips above the input: what the last answer offers, then what this person may always say. */
  suggest(offered) {
    const shown = [...new Set([...offered, ...this.place.suggestions])];
    this.chips?.replaceChildren(...shown.map((text, index) => h(`button${index < offered.length ? ".offered" : ""}`,
      { type: "button", title: text, onclick: () => this.fill(text) }, text)));
    if (this.chips) this.chips.scrollLeft = 0;
  }

  fill(text) {
    this.input.value = text;
    this.grow();
    this.input.focus({ preventScroll: true });
  }

  /** As tall as what is in it; the style says how tall at most. */
  grow() {
    this.input.style.height = "auto";
    if (this.input.value) this.input.style.height = `${this.input.scrollHeight}px`;
  }

  say(text) {
    if (!text.trim()) return;
    this.input.value = "";
    this.grow();
    this.hooks.said(this, text);
    this.act({ do: "say", text, group: this.place.group ? this.place.group.key : undefined });
  }

  async act(body) {
    const answer = await post("act", { platform: this.place.kind, account: this.speaker.account, ...body });
    if (!answer.ok) this.toast(answer.why);
    return answer.ok;
  }

  toast(text) {
    this.note.textContent = text;
    this.note.classList.add("on");
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => this.note.classList.remove("on"), 2600);
  }

  /** What a card may ask of this phone's finger. */
  hands(message) {
    const mine = this.selected.get(message.number) || {};
    return {
      owner: this.place.group ? this.place.group.key : this.place.account,
      account: this.speaker.account,
      chosen: (question) => mine[question],
      choose: (question, ids) => this.selected.set(message.number, { ...this.selected.get(message.number), [question]: ids }),
      busy: (key) => this.busy.get(message.number) === key,
      press: (key) => this.press(message, key),
    };
  }

  async press(message, key) {
    if (this.busy.has(message.number)) return;
    this.busy.set(message.number, key);
    this.hooks.pressed(this);
    this.upsert(message);
    const sent = await this.act({ do: "press", message: message.number, key, selected: this.selected.get(message.number) || {} });
    if (!sent) this.done({ message: message.number });
  }

  /** The finger's callback has been answered, or not. */
  done(event) {
    const number = Number(event.message);
    if (this.busy.delete(number) && this.messages.has(number)) this.upsert(this.messages.get(number));
    if (event.toast) this.toast(event.toast);
  }

  upsert(message, quiet = false) {
    const known = this.messages.has(message.number);
    this.messages.set(message.number, message);
    const row = this.row(message);
    const old = known && this.list.querySelector(`[data-number="${message.number}"]`);
    const follow = this.nearEnd() || message.sender === this.speaker.account || quiet;
    if (old) old.replaceWith(row);
    else {
      this.separator(message);
      if (!quiet) row.classList.add("new");
      this.list.append(row);
      if (!message.group) this.suggest(message.sender === "app" ? offers(row.querySelector(".says")) : []);
    }
    if (follow) this.toEnd();
    else if (!known) this.unseen();
    return !known;
  }

  nearEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR;
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
    this.seen();
  }

  /** As both platforms do when one reads further up. */
  unseen() {
    this.waiting = (this.waiting || 0) + 1;
    this.newer.textContent = `${this.waiting} 条新消息`;
    this.newer.hidden = false;
  }

  seen() {
    this.waiting = 0;
    this.newer.hidden = true;
  }

  tick() {
    this.clock.textContent = clock();
  }

  separator(message) {
    if (!this.lastAt || message.at - this.lastAt > PAUSE) this.list.append(h("div.when", null, when(message.at)));
    this.lastAt = message.at;
    this.hint.remove();
    this.element.classList.remove("fresh");
  }

  row(message) {
    const data = { number: message.number };
    if (message.recalled) return h("div.when.recalled", { data }, "海豚撤回了一条消息");
    const bySelf = message.sender === this.speaker.account;
    const byPerson = message.sender !== "app" && message.sender !== "robot";
    const name = byPerson ? this.hooks.nameOf(message.platform, message.sender) : message.sender === "robot" ? "海豚机器人" : "海豚";
    const draw = this.place.kind === "wecom" ? drawWecom : drawDingtalk;
    const content = draw(message, this.hands(message));
    for (const at of content.querySelectorAll?.(".mention") ?? []) at.textContent = "@" + this.hooks.nameOf(message.platform, at.textContent.slice(1));
    const robot = !byPerson && message.group && h("em", null, "机器人");
    return h(`div.row${bySelf ? ".self" : ""}`, { data },
      byPerson ? avatar(name) : dolphin(), h("div.says", null, message.group && !bySelf && h("div.who", null, name, robot), content,
        message.failed && h("div.failed", { title: message.failed }, h("i", null, "!"), message.failed)));
  }

  redraw() {
    for (const message of this.messages.values()) this.upsert(message);
  }

  clear() {
    this.messages.clear();
    this.lastAt = 0;
    this.list.replaceChildren(this.hint);
    append((this.hint.replaceChildren(), this.hint), [dolphin(".avatar"), h("p", null, this.place.hint),
      this.input && this.place.suggestions.slice(0, TRIES).map((text) => h("button.try", { type: "button", onclick: () => this.fill(text) }, text))]);
    this.element.classList.add("fresh");
    this.suggest([]);
    this.seen();
  }
}
