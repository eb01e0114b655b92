// WeCom's messages and the five template cards, drawn from the payload of message/send.

import { append, columns, cut, h, link, picture } from "./dom.js";
import { markdown } from "./markdown.js";

// Recommended lengths of 90236, and the shorter ones of group robots in 99110.
const APP = { source: 20, title: 36, desc: 44, emphasis: 14, emphasisDesc: 22, sub: 160, key: 5, value: 30, jump: 18, button: 10 };
const ROBOT = { ...APP, source: 13, title: 26, desc: 30, emphasis: 10, emphasisDesc: 15, sub: 112, value: 26, jump: 13 };
const SOURCE_COLORS = ["grey", "black", "red", "green"];

/** `hands` presses and selects; see phone.js. */
export function drawWecom(message, hands) {
  const body = message.body;
  switch (message.kind) {
    case "text": return bubble(richText(body.content));
    case "markdown": return h("div.bubble.wide", null, markdown(body.content, "wecom"));
    case "markdown_v2": return h("div.bubble.wide", null, markdown(body.content, "wecom_v2"));
    case "textcard": return textcard(body);
    case "news": return news(body.articles || []);
    case "template_card": return card(message, body, hands);
    case "image": return h("div.bubble.media", null, h("div.photo"));
    case "voice": return bubble(h("span.voice", null, "4″"));
    case "location": return h("div.place", null, h("b", null, body.title), h("div.map"));
    case "link": return h("div.wcard.press", null, h("div.wtitle", null, body.title), h("div.wdesc", null, body.text));
    default: return bubble(`[${{ file: "文件", video: "视频" }[message.kind] || message.kind}]`);
  }
}

const bubble = (...content) => append(h("div.bubble"), content);

/** Text may hold <a href="…">…</a> and line breaks, nothing else. */
function richText(content) {
  const nodes = [];
  const pattern = /<a\s+[^>]*href=["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>/gi;
  let last = 0;
  for (const found of String(content ?? "").matchAll(pattern)) {
    nodes.push(content.slice(last, found.index), link(found[2], found[1]));
    last = found.index + found[0].length;
  }
  return [...nodes, String(content ?? "").slice(last)];
}

function textcard(body) {
  const lines = [];
  const pattern = /<div\s+class=["'](gray|highlight|normal)["']>([\s\S]*?)<\/div>|<br\s*\/?>|([^<]+|<)/gi;
  for (const found of String(body.description).matchAll(pattern)) {
    if (found[2] !== undefined) lines.push(h(`div.t-${found[1]}`, null, found[2]));
    else lines.push(found[3] !== undefined ? found[3] : h("br"));
  }
  const foot = h("div.wfoot", null, link(body.btntxt || "详情", body.url, "a.wmore"));
  return h("div.wcard", null, h("div.wtitle", null, body.title), h("div.wtext", null, lines), foot);
}

function news(articles) {
  const [first, ...rest] = articles;
  return h("div.wcard.news", null,
    picture(first.picurl, "div.cover", 1068 / 455), h("div.wtitle", null, cut(first.title, 64)),
    rest.length ? null : first.description && h("div.wdesc", null, first.description),
    rest.map((each) => h("div.article", null, h("span", null, each.title), picture(each.picurl, "div.thumb"))));
}

function card(message, body, hands) {
  const limits = message.group ? ROBOT : APP;
  const dead = message.dead || body.replace_text || "";
  const box = h(`div.wcard.${body.card_type}`);
  append(box, [
    source(body, limits, hands), image(body), title(body, limits), emphasis(body, limits), quote(body),
    imageText(body), vertical(body), body.sub_title_text && h("div.wsub", null, cut(body.sub_title_text, limits.sub)),
    horizontal(body, limits), body.button_selection && selector(message, body.button_selection, hands, dead),
    (body.select_list || []).map((select) => selector(message, select, hands, dead)),
    body.checkbox && checks(message, body.checkbox, hands, dead),
    buttons(message, body, hands, dead, limits), jumps(body, limits),
  ]);
  return box;
}

function source(body, limits, hands) {
  const given = body.source || {};
  const menu = body.action_menu;
  if (!given.desc && !menu) return null;
  const color = SOURCE_COLORS[Number(given.desc_color) || 0];
  const icon = /^https?:/.test(given.icon_url || "") ? picture(given.icon_url, "span.icon") : h("span.icon.dolphin");
  return h("div.wsource", null, icon, h(`span.${color}`, null, cut(given.desc || "", limits.source)),
    menu && h("details.wmenu", null, h("summary", { title: menu.desc || "更多" }, "···"),
      h("div.sheet", null, menu.desc && h("small", null, menu.desc),
        menu.action_list.map((action) => h("button", { type: "button", onclick: () => hands.press(action.key) }, action.text)))));
}

const image = (body) => body.card_image && picture(body.card_image.url, "div.wimage", body.card_image.aspect_ratio || 1.3);

function title(body, limits) {
  const main = body.main_title || {};
  const long = /vote|multiple/.test(body.card_type) ? 160 : limits.desc;
  return [main.title && h("div.wtitle", null, cut(main.title, limits.title)),
    main.desc && h("div.wdesc", null, cut(main.desc, long))];
}

function emphasis(body, limits) {
  const given = body.emphasis_content;
  if (!given || !given.title) return null;
  return h("div.wemphasis", null, h("b", null, cut(given.title, limits.emphasis)),
    given.desc && h("span", null, cut(given.desc, limits.emphasisDesc)));
}

function quote(body) {
  const given = body.quote_area;
  if (!given || !(given.title || given.quote_text)) return null;
  return h("div.wquote", null, given.title && h("b", null, given.title), given.quote_text && h("span", null, given.quote_text));
}

function imageText(body) {
  const given = body.image_text_area;
  if (!given) return null;
  return h("div.wimagetext", null, picture(given.image_url, "div.thumb"),
    h("div", null, h("b", null, given.title), h("span", null, given.desc)));
}

const vertical = (body) => (body.vertical_content_list || []).map((row) =>
  h("div.wvertical", null, h("b", null, cut(row.title, 38)), row.desc && h("span", null, cut(row.desc, 160))));

function horizontal(body, limits) {
  const rows = body.horizontal_content_list || [];
  if (!rows.length) return null;
  return h("dl.wrows", null, rows.map((row) => {
    const value = cut(row.value || "", limits.value);
    const shown = Number(row.type) === 1 ? link(value, row.url) : Number(row.type) ? h("span.link", null, value) : value;
    return [h("dt", null, cut(row.keyname, limits.key)), h("dd", null, shown)];
  }));
}

function selector(message, given, hands, dead) {
  const select = h("select", { disabled: Boolean(dead) || given.disable === true, "aria-label": given.title || "请选择" },
    given.option_list.map((option) => h("option", { value: option.id }, cut(option.text, 16))));
  const chosen = hands.chosen(given.question_key) || [given.selected_id];
  if (given.option_list.some((option) => option.id === chosen[0])) select.value = chosen[0];
  select.addEventListener("change", () => hands.choose(given.question_key, [select.value]));
  return h("label.wselect", null, given.title && h("span", null, given.title), select);
}

function checks(message, box, hands, dead) {
  const several = Number(box.mode) === 1;
  const preset = box.option_list.filter((option) => option.is_checked).map((option) => option.id);
  const chosen = hands.chosen(box.question_key) || preset;
  const name = `q${message.number}-${message.revision}-${hands.owner}`;
  const group = h("div.wchecks");
  for (const option of box.option_list) {
    const input = h("input", { type: several ? "checkbox" : "radio", name, value: option.id,
      checked: chosen.includes(option.id), disabled: Boolean(dead) || box.disable === true });
    input.addEventListener("change", () => hands.choose(box.question_key,
      Array.from(group.querySelectorAll("input:checked"), (each) => each.value)));
    group.append(h("label", null, input, h("span", null, cut(option.text, 17))));
  }
  return group;
}

function buttons(message, body, hands, dead, limits) {
  const listed = body.button_list || (body.submit_button ? [{ ...body.submit_button, style: 1 }] : []);
  if (!listed.length && !dead) return null;
  if (dead) return h("div.wbuttons", null, h("button.dead", { type: "button", disabled: true }, cut(dead, limits.button)));
  return h(`div.wbuttons${columns(listed)}`, null, listed.map((button) => Number(button.type) === 1
    ? link(cut(button.text, limits.button), button.url, `a.button.s${button.style || 1}`)
    : h(`button.s${button.style || 1}${hands.busy(button.key) ? ".busy" : ""}`,
      { type: "button", disabled: message.recalled, onclick: () => hands.press(button.key) }, cut(button.text, limits.button))));
}

function jumps(body, limits) {
  const rows = (body.jump_list || []).map((row) => link(cut(row.title, limits.jump), row.url, "a.wjump"));
  const action = body.card_action || {};
  if (!rows.length && /notice/.test(body.card_type) && Number(action.type) === 1) rows.push(link("查看详情", action.url, "a.wjump"));
  return rows;
}
