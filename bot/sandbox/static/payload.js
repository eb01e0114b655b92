// Payloads for people: what a request is about in a few words, and JSON and XML that can be read.

import { append, h, parse } from "./dom.js";

const LABELS = [
  [/gettoken|oauth2\/accessToken/, "取令牌"], [/update_template_card/, "更新卡片"], [/card\/instances\/createAndDeliver/, "投放卡片"],
  [/card\/instances/, "更新卡片"], [/message\/recall|recall/, "撤回消息"], [/message\/send/, "发消息"], [/webhook\/send|\/robot\/send$/, "群机器人"],
  [/sendBySession/, "会话回复"], [/oToMessages/, "单聊消息"], [/groupMessages/, "群消息"], [/callbacks\/register/, "登记卡片回调"],
  [/media|messageFiles/, "下载文件"], [/callbacks\/dingtalk\/cards/, "点了卡片"], [/callbacks\/dingtalk\/events/, "事件"],
];
const EVENTS = { template_card_event: "点了卡片", enter_agent: "进入应用", subscribe: "关注应用", template_card_menu_event: "点了卡片菜单" };
const MEDIA = { image: "图片", voice: "语音", location: "位置", link: "链接", picture: "图片", audio: "语音", file: "文件", event: "事件" };
const MOST = 60;

/** What kind of request it is. */
export function label(exchange) {
  const path = exchange.path.replace(/\?.*/, "");
  const event = xml(exchange.request, "Event");
  if (event) return EVENTS[event] || `事件 ${event}`;
  return LABELS.find(([pattern]) => pattern.test(path))?.[1] || (exchange.direction === "to_bot" ? "收到消息" : exchange.method);
}

const xml = (text, tag) => String(text).match(new RegExp(`<${tag}>([^<]*)</${tag}>`))?.[1];

/** Who and what, in a few words; empty where there is nobody and nothing. */
export function gist(exchange, nameOf) {
  const { request } = exchange;
  if (request.startsWith("<xml>")) {
    const what = xml(request, "Content") || (xml(request, "MsgType") === "event" ? "" : `[${MEDIA[xml(request, "MsgType")] || "消息"}]`);
    return said([nameOf(xml(request, "FromUserName") || "")], what);
  }
  const body = parse(request);
  if (!body || typeof body !== "object") return "";
  const who = [body.senderNick, body.touser, body.userids, body.userIds, body.userId, body.openSpaceId?.split(/[./]IM_\w+\./)[1]]
    .flat().filter((each) => typeof each === "string" && each).slice(0, 3).map(nameOf);
  const card = body.template_card || body.cardData?.cardParamMap;
  const inner = parse(body.msgParam) || {};
  const what = body.text?.content || body.markdown?.title || body.markdown?.content || card?.main_title?.title || card?.title
    || body.button?.replace_name || card?.replace_text || inner.title || inner.content || (body.msgtype && MEDIA[body.msgtype] && `[${MEDIA[body.msgtype]}]`);
  return said(who, String(what || "").replace(/<[^>]*>|[*#>]/g, "").trim().split("\n")[0]);
}

function said(who, what) {
  const text = [who.filter(Boolean).join("、"), what].filter(Boolean).join("：");
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|(<\/?[\w]+>)|\b(true|false|null|-?\d+(?:\.\d+)?)\b/g;

/** JSON and XML with a little colour; JSON inside of strings is opened, line breaks in strings are line breaks. */
export function code(text) {
  const box = h("pre.code");
  if (!text) return append(box, [h("i", null, "（空）")]);
  const shown = opened(text);
  let last = 0;
  for (const found of shown.matchAll(TOKENS)) {
    box.append(shown.slice(last, found.index));
    if (found[2]) append(box, [h("span.k", null, found[1]), found[2]]);
    else if (found[1]) append(box, [h("span.s", null, broken(found[1], shown, found.index))]);
    else box.append(h(found[3] ? "span.k" : "span.n", null, found[0]));
    last = found.index + found[0].length;
  }
  box.append(shown.slice(last));
  return box;
}

function opened(text) {
  const whole = /^[[{]/.test(text) ? parse(text) : null;
  if (!whole) return text;
  const open = (_key, value) => (typeof value === "string" && /^[[{]/.test(value) && parse(value)) || value;
  return JSON.stringify(whole, open, 2);
}

/** A long string over several lines, each below the first. */
function broken(token, text, at) {
  const indent = text.slice(text.lastIndexOf("\n", at) + 1).match(/^\s*/)[0] + "  ";
  return token.replaceAll("\\n", `\\n\n${indent}`).replaceAll('\\"', '"');
}
