// The wire: every request in both directions, decrypted.

import { append, h, parse, timeWithSeconds } from "./dom.js";

const VERDICTS = { refused: "被拒绝", violation: "不合规", absorbed: "去重", dropped: "丢失", fault: "故障", failed: "失败" };
const KEPT = 300;

export class Wire {
  constructor(list, tally, kind) {
    this.list = list;
    this.tally = tally;
    this.kind = kind;
    this.filter = "all";
    this.exchanges = [];
  }

  load(exchanges) {
    this.exchanges = exchanges.slice(-KEPT);
    this.draw();
  }

  add(exchange) {
    this.exchanges.push(exchange);
    if (this.exchanges.length > KEPT) this.exchanges.shift();
    if (this.fits(exchange)) {
      this.list.querySelector(".nothing")?.remove();
      this.list.prepend(row(exchange));
      while (this.list.children.length > KEPT) this.list.lastChild.remove();
    }
    this.count();
  }

  choose(filter) {
    this.filter = filter;
    this.draw();
  }

  fits(exchange) {
    if (exchange.platform !== this.kind()) return false;
    if (this.filter === "all") return true;
    return this.filter === "odd" ? exchange.verdict !== "ok" : exchange.direction === this.filter;
  }

  draw() {
    const rows = this.exchanges.filter((each) => this.fits(each)).reverse().map(row);
    this.list.replaceChildren(...(rows.length ? rows : [h("p.nothing", null, "还没有报文。在手机上说句话，这里就会出现加密前后的每一次往来。")]));
    this.count();
  }

  count() {
    const mine = this.exchanges.filter((each) => each.platform === this.kind());
    const of = (test) => mine.filter(test).length;
    const counts = [["回调机器人", of((e) => e.direction === "to_bot")], ["调用平台", of((e) => e.direction === "to_platform")],
      ["异常", of((e) => e.verdict !== "ok")]];
    append((this.tally.replaceChildren(), this.tally), counts.map(([name, count]) => h("span", null, name, h("b", null, String(count)))));
  }
}

function row(exchange) {
  const toBot = exchange.direction === "to_bot";
  const path = exchange.path.replace(/\?.*/, "").replace(/^\/(cgi-bin|v1\.0|callbacks)\//, "");
  const mark = VERDICTS[exchange.verdict];
  const summary = h("summary", null,
    h(`span.way${toBot ? ".in" : ".out"}`, { title: toBot ? "平台 → 机器人" : "机器人 → 平台" }, toBot ? "回调" : "接口"),
    h("span.path", { title: exchange.path }, path, h("small", null, gist(exchange))), mark && h(`span.mark.${exchange.verdict}`, null, mark),
    h(`span.status${exchange.status === 200 ? "" : ".bad"}`, null, String(exchange.status || "—")), h("span.ms", null, `${exchange.millis} ms`));
  const details = h("details.exchange", null, summary);
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) append(details, inside(exchange));
  });
  return details;
}

/** Who and what, in a few words. */
function gist(exchange) {
  const xml = (tag) => exchange.request.match(new RegExp(`<${tag}>([^<]*)</${tag}>`))?.[1];
  if (exchange.request.startsWith("<xml>")) {
    return [xml("FromUserName"), xml("Content") || xml("Event") || xml("MsgType")].filter(Boolean).join("：");
  }
  const body = parse(exchange.request);
  if (!body || typeof body !== "object") return "";
  const who = body.senderNick || body.touser || (body.userids || body.userIds || []).join("、") || body.userId || body.openSpaceId?.split("//")[1];
  const card = body.template_card || body.cardData?.cardParamMap;
  const what = body.text?.content || body.markdown?.title || card?.main_title?.title || card?.title || body.button?.replace_name || body.msgtype;
  return [who, what].filter((each) => typeof each === "string").map((each) => each.trim()).join("：");
}

function inside(exchange) {
  const opened = exchange.platform === "wecom" ? "（已解密）" : "";
  const names = exchange.direction === "to_bot" ? [`平台发出${opened}`, `机器人应答${opened}`] : ["机器人发出", "平台应答"];
  return [
    h("div.meta", null, `${timeWithSeconds(exchange.at)}  ${exchange.method} ${exchange.path}`),
    exchange.note && h("div.meta.note", null, exchange.note),
    h("div.label", null, names[0]), code(exchange.request), h("div.label", null, names[1]), code(exchange.response),
  ];
}

const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|(<\/?[\w]+>)|\b(true|false|null|-?\d+(?:\.\d+)?)\b/g;

/** JSON and XML with a little colour. */
function code(text) {
  const box = h("pre.code");
  if (!text) return append(box, [h("i", null, "（空）")]);
  let last = 0;
  for (const found of text.matchAll(TOKENS)) {
    box.append(text.slice(last, found.index));
    if (found[1]) append(box, [h(found[2] ? "span.k" : "span.s", null, found[1]), found[2]]);
    else box.append(h(found[3] ? "span.k" : "span.n", null, found[0]));
    last = found.index + found[0].length;
  }
  box.append(text.slice(last));
  return box;
}
