// Messages for people whose phone does not stand on the desk.

import { append, avatar, h } from "./dom.js";

export class Elsewhere {
  /** `look(account)` puts that person's phone on the desk. */
  constructor(box, look) {
    this.box = box;
    this.look = look;
    this.counts = new Map();
  }

  add(person) {
    const count = (this.counts.get(person.account)?.count || 0) + 1;
    this.counts.delete(person.account);
    this.counts.set(person.account, { person, count });
    this.draw();
  }

  /** Those who have a phone now are told there. */
  settle(accounts) {
    for (const account of accounts) this.counts.delete(account);
    this.draw();
  }

  reset() {
    this.counts.clear();
    this.draw();
  }

  draw() {
    const [newest] = [...this.counts.values()].slice(-1);
    this.box.replaceChildren();
    this.box.hidden = !newest;
    if (!newest) return;
    const { person, count } = newest;
    append(this.box, [
      avatar(person.name),
      h("span", null, h("b", null, person.name), h("small", null, `${person.title}　收到 ${count} 条新消息`)),
      h("button.look-at", { type: "button", onclick: () => this.look(person.account) }, "看 TA 的手机"),
      h("button.dismiss", { type: "button", "aria-label": "知道了", onclick: () => this.settle([person.account]) }, "×"),
    ]);
  }
}
