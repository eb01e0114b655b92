// The platforms' markdown subsets, built as DOM nodes: nothing is ever parsed as HTML.

import { append, h, link, picture } from "./dom.js";

const DIALECTS = {
  wecom: { lists: false, images: false, italic: false, tables: false, fonts: true },
  wecom_v2: { lists: true, images: true, italic: true, tables: true, fonts: false },
  dingtalk: { lists: true, images: true, italic: true, tables: false, fonts: true },
};
const NAMED = { info: "#2ba245", comment: "#8c8c8c", warning: "#e6813e" };
const INLINE = [
  ["code", /^`([^`\n]+)`/],
  ["image", /^!\[([^\]]*)\]\(([^)\s]+)\)/],
  ["link", /^\[([^\]]+)\]\(([^)\s]+)\)/],
  ["bold", /^\*\*([^\n]+?)\*\*/],
  ["font", /^<font\s+color=["']?([#\w]+)["']?\s*>([\s\S]*?)<\/font>/i],
  ["break", /^<br\s*\/?>/i],
  ["at", /^<@([\w\-.@]+)>/],
  ["italic", /^\*([^*\s][^*\n]*?)\*/],
];

export function markdown(source, dialectName) {
  const dialect = DIALECTS[dialectName];
  const root = h("div.md");
  const lines = String(source ?? "").replace(/\r/g, "").split("\n");
  for (let at = 0; at < lines.length; ) at = block(root, lines, at, dialect);
  return root;
}

function block(root, lines, at, dialect) {
  const line = lines[at];
  const heading = line.match(/^\s{0,3}(#{1,6})\s+(.*)$/);
  if (heading) {
    root.append(append(h(`div.h${heading[1].length}`), inline(heading[2], dialect)));
    return at + 1;
  }
  if (/^\s{0,3}>/.test(line)) return quote(root, lines, at, dialect);
  if (dialect.lists && /^\s*([-*+]|\d+\.)\s+/.test(line)) return list(root, lines, at, dialect);
  if (dialect.lists && /^\s*([-*_])\1{2,}\s*$/.test(line)) {
    root.append(h("hr"));
    return at + 1;
  }
  if (dialect.tables && /^```/.test(line)) return fence(root, lines, at);
  if (dialect.tables && /^\s*\|/.test(line)) return table(root, lines, at, dialect);
  if (line.trim()) root.append(append(h("p"), inline(line, dialect)));
  else if (at && lines[at - 1].trim()) root.append(h("div.gap"));
  return at + 1;
}

function quote(root, lines, at, dialect) {
  const box = h("blockquote");
  for (; at < lines.length && /^\s{0,3}>/.test(lines[at]); at++) {
    box.append(append(h("p"), inline(lines[at].replace(/^\s{0,3}>+\s?/, ""), dialect)));
  }
  root.append(box);
  return at;
}

const ITEM = /^\s*([-*+]|\d+\.)\s+/;

/** A line below an item that begins nothing of its own belongs to the item. */
const goesOn = (line) => Boolean(line.trim()) && !/^\s{0,3}(#{1,6}\s|>)/.test(line);

function list(root, lines, at, dialect) {
  const number = lines[at].match(/^\s*(\d+)\./);
  const box = number ? h("ol", { start: Number(number[1]) }) : h("ul");
  for (; at < lines.length && (ITEM.test(lines[at]) || goesOn(lines[at])); at++) {
    if (ITEM.test(lines[at])) box.append(append(h("li"), inline(lines[at].replace(ITEM, ""), dialect)));
    else append(box.lastChild, [h("br"), inline(lines[at].trim(), dialect)]);
    if (/^ {2,}([-*+]|\d+\.)/.test(lines[at])) box.lastChild.className = "deep";
  }
  root.append(box);
  return at;
}

function fence(root, lines, at) {
  const code = [];
  for (at += 1; at < lines.length && !/^```/.test(lines[at]); at++) code.push(lines[at]);
  root.append(h("pre", null, code.join("\n")));
  return at + 1;
}

function table(root, lines, at, dialect) {
  const box = h("table");
  for (; at < lines.length && /^\s*\|/.test(lines[at]); at++) {
    if (/^[\s|:-]+$/.test(lines[at])) continue;
    const cells = lines[at].trim().replace(/^\||\|$/g, "").split("|");
    box.append(h("tr", null, cells.map((cell) => append(h("td"), inline(cell.trim(), dialect)))));
  }
  root.append(box);
  return at;
}

/** The nodes of one line. */
export function inline(text, dialect) {
  const nodes = [];
  let plain = "";
  for (let rest = text; rest; ) {
    const hit = /^[`!\[*<]/.test(rest) && match(rest, dialect);
    if (!hit) {
      const letter = rest.codePointAt(0) > 0xffff ? rest.slice(0, 2) : rest[0];
      plain += letter;
      rest = rest.slice(letter.length);
      continue;
    }
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(hit.node);
    rest = rest.slice(hit.length);
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function match(text, dialect) {
  for (const [kind, pattern] of INLINE) {
    const found = text.match(pattern);
    if (!found || (kind === "image" && !dialect.images) || (kind === "italic" && !dialect.italic)) continue;
    if (kind === "font" && !dialect.fonts) continue;
    return { node: node(kind, found, dialect), length: found[0].length };
  }
  return null;
}

function node(kind, found, dialect) {
  if (kind === "code") return h("code", null, found[1]);
  if (kind === "image") return picture(found[2], "div.md-image");
  if (kind === "link") return link(found[1], found[2]);
  if (kind === "bold") return append(h("b"), inline(found[1], dialect));
  if (kind === "italic") return append(h("i"), inline(found[1], dialect));
  if (kind === "break") return h("br");
  if (kind === "at") return h("span.mention", null, "@" + found[1]);
  const colored = append(h("span"), inline(found[2], dialect));
  const color = NAMED[found[1]] || (/^(#[0-9a-f]{3,8}|[a-z]+)$/i.test(found[1]) ? found[1] : "");
  colored.style.color = color;
  return colored;
}
