// DingTalk's messages, action cards and the built-in button card 1366a1eb.

import { append, columns, h, link, parse, picture } from "./dom.js";
import { markdown } from "./markdown.js";

const BUTTON_COLORS = { blue: "blue", red: "red", green: "green", orange: "orange", gray: "gray", grey: "gray", white: "gray" };

export function drawDingtalk(message, hands) {
  const body = message.body;
  switch (message.kind) {
    case "card": return card(message, hands);
    case "text": return h("div.bubble", null, mentions(message), body.content);
    case "markdown": return h("div.bubble.wide", null, markdown(body.text, "dingtalk"));
    case "actionCard": return actionCard(body, hands);
    case "link": return linkCard(body);
    case "feedCard": return feed(body.links || []);
    case "picture":
    case "image": return h("div.bubble.media", null, h("div.photo"));
    case "richText": return h("div.bubble", null, (body.richText || []).map((each) => each.text || h("div.photo")));
    case "audio": return h("div.bubble", null, h("span.voice", null, "4″"), body.recognition && h("div.heard", null, body.recognition));
    case "file": return h("div.dcard.file", null, h("span.sheeticon", null, "X"), h("b", null, body.fileName || "文件"));
    default: return h("div.bubble", null, `[${message.kind}]`);
  }
}

/** People mentioned by `at` whose name the text does not already show. */
function mentions(message) {
  const at = message.at_users || {};
  const named = at.isAtAll ? ["所有人"] : [];
  return named.filter((name) => !String(message.body.content).includes("@" + name)).map((name) => h("span.mention", null, `@${name} `));
}

function card(message, hands) {
  const shown = (message.views && message.views[hands.account]) || message.body;
  const full = parse(shown.sys_full_json_obj) || {};
  const value = (name) => shown[name] ?? (typeof full[name] === "string" ? full[name] : "");
  const listed = parse(full.msgButtons ?? shown.msgButtons);
  const list = Array.isArray(listed) ? listed : [];
  return h("div.dcard.interactive", null,
    h("div.dhead", null, h("span.dlogo.dolphin"), h("b", null, value("title"))),
    value("markdown") && h("div.dbody", null, markdown(value("markdown"), "dingtalk")),
    value("tips") && h("div.dtips", null, value("tips")),
    list.length > 0 && h(`div.dbuttons${columns(list)}`, null, list.map((each) => button(message, each, hands))));
}

function button(message, given, hands) {
  const color = BUTTON_COLORS[given.color] || "gray";
  const asks = given.request === true || given.request === "true";
  const dead = given.disabled === true || given.status === "disabled" || (!asks && !given.url);
  if (given.url && !asks) return link(given.text, given.url, `a.button.${color}`);
  return h(`button.${color}${hands.busy(given.id) ? ".busy" : ""}${dead ? ".dead" : ""}`,
    { type: "button", disabled: dead || message.recalled, onclick: () => hands.press(given.id) }, given.text);
}

function actionCard(body, hands) {
  const listed = body.singleTitle ? [{ title: body.singleTitle, actionURL: body.singleURL }] : body.btns || [];
  const row = String(body.btnOrientation) === "1" && listed.length === 2;
  return h("div.dcard.action", null, h("div.dbody", null, markdown(body.text, "dingtalk")),
    h(`div.dactions${row ? ".row" : ""}`, null, listed.map((each) => /^dtmd:/.test(each.actionURL || "")
      ? h("button", { type: "button", onclick: () => hands.press(each.actionURL) }, each.title)
      : link(each.title, each.actionURL, "a.button"))));
}

const linkCard = (body) => h("div.dcard.link", null, h("b", null, body.title),
  h("div.dlink", null, h("span", null, body.text), picture(body.picUrl, "div.thumb")));

const feed = (links) => append(h("div.dcard.feed"), links.map((each, index) => h(`div.entry${index ? "" : ".first"}`, null,
  picture(each.picURL, index ? "div.thumb" : "div.cover", index ? null : 2.35), h("span", null, link(each.title, each.messageURL)))));
