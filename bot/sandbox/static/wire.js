// The wire: every request in both directions, decrypted; a callback also as HTTP carried it.

import { h, timeWithSeconds } from "./dom.js";
import { code, gist, label } from "./payload.js";

const VERDICTS = { refused: "被拒绝", violation: "不合规", absorbed: "去重", dropped: "丢失", fault: "故障", failed: "失败" };
const KEPT = 300;

export class Wire {
  /** `of`: {kind(), nameOf(platform, account)}. */
  constructor(list, of) {
    this.list = list;
    this.of = of;
    this.filter = "all";
    this.exchanges = [];
    this.filters = [...document.querySelectorAll("[data-filter]")];
    for (const button of this.filters) button.addEventListener("click", () => this.choose(button.dataset.filter));
  }

  load(exchanges) {
    this.exchanges = exchanges.slice(-KEPT);
    this.draw();
  }

  add(exchange) {
    this.exchanges.push(exchange);
    if (this.exchanges.length > KEPT) this.exchanges.shift();
    if (this.fits(exchange, this.filter)) {
      this.list.querySelector(".nothing")?.remove();
      const added = this.row(exchange);
      added.classList.add("new");
      this.list.prepend(added);
      while (this.list.children.length > KEPT) this.list.lastChild.remove();
    }
    this.count();
  }

  choose(filter) {
    this.filter = filter;
    for (const each of this.filters) each.setAttribute("aria-pressed", String(each.dataset.filter === filter));
    this.draw();
  }

  fits(exchange, filter) {
    if (exchange.platform !== this.of.kind()) return false;
    if (filter === "all") return true;
    return filter === "odd" ? exchange.verdict !== "ok" : exchange.direction === filter;
  }

  draw() {
    const rows = this.exchanges.filter((each) => this.fits(each, this.filter)).reverse().map((each) => this.row(each));
    const nothing = this.filter === "odd" ? "没有异常。在「故障」里制造一个，看看会怎样。" : "还没有报文。在手机上说句话，这里就会出现平台和海豚之间的每一次往来。";
    this.list.replaceChildren(...(rows.length ? rows : [h("p.nothing", null, nothing)]));
    this.count();
  }

  count() {
    for (const button of this.filters) {
      const count = this.exchanges.filter((each) => this.fits(each, button.dataset.filter)).length;
      button.querySelector("b").textContent = String(count);
    }
  }

  row(exchange) {
    const toBot = exchange.direction === "to_bot";
    const mark = VERDICTS[exchange.verdict];
    const what = gist(exchange, (account) => this.of.nameOf(exchange.platform, account));
    const summary = h("summary", null,
      h(`span.way${toBot ? ".in" : ".out"}`, { title: toBot ? "平台 → 海豚" : "海豚 → 平台" }, toBot ? "回调" : "接口"),
      h("span.what", null, h("b", null, what || label(exchange)), h("small", null, what && `${label(exchange)}　`, h("code", null, path(exchange)))),
      mark && h(`span.mark.${exchange.verdict}`, null, mark), exchange.status !== 200 && h("span.status", null, String(exchange.status || "无应答")),
      h("span.when-ms", null, h("span", null, exchange.millis ? `${exchange.millis} ms` : "<1 ms"), h("small", null, timeWithSeconds(exchange.at))));
    const details = h("details.exchange", null, summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(inside(exchange));
    });
    return details;
  }
}

const path = (exchange) => exchange.path.replace(/\?.*/, "");

function inside(exchange) {
  const toBot = exchange.direction === "to_bot";
  const opened = exchange.platform === "wecom" && toBot ? "，已解密" : "";
  const [asks, answers] = toBot ? ["平台 → 海豚", "海豚应答"] : ["海豚 → 平台", "平台应答"];
  return h("div.inside", null,
    exchange.note && h("p.note-line", null, exchange.note),
    part(asks + opened, exchange.request), part(answers + (exchange.response ? opened : ""), exchange.response),
    exchange.raw_request && raw(exchange));
}

const part = (title, text) => [h("div.label", null, h("span", null, title), text && copy(text)), code(text)];

/** What a sniffer would have seen: signature, nonce and ciphertext. */
function raw(exchange) {
  const name = exchange.platform === "wecom" ? "密文原文：签名、随机数和 AES 密文" : "原文：签名在请求头里";
  return h("details.raw", null, h("summary", null, name), h("pre.code", null, exchange.raw_request),
    exchange.raw_response && [h("div.label", null, `应答 ${exchange.status}`), h("pre.code", null, exchange.raw_response)]);
}

function copy(text) {
  const button = h("button.copy", { type: "button" }, "复制");
  button.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(text);
    button.textContent = "已复制";
    setTimeout(() => { button.textContent = "复制"; }, 1500);
  });
  return button;
}
