// Sentences that an answer offers by itself, for the chips above the input.

const MOST = 4;
const QUOTED = /(?:可以说|可以这样说|可以先说|回复|试试|说)「([^」]{2,40})」/g;
const LISTED = /可以这样说：\n([\s\S]+)$/;
const REPLIES = /可回复：([^\n（]+)/;

/** What stands in `「…」` after 说, the lines after 可以这样说, the choices after 可回复. */
export function offers(element) {
  const said = readable(element);
  const listed = said.match(LISTED)?.[1].split("\n") ?? [];
  const replies = said.match(REPLIES)?.[1].split(" / ") ?? [];
  const quoted = [...said.matchAll(QUOTED)].map((found) => found[1]);
  return [...new Set([...listed, ...replies, ...quoted].map((text) => text.trim()).filter((text) => text && text.length <= 40))].slice(0, MOST);
}

/** Its text with a line for each block, also while it is not on the screen. */
function readable(element) {
  const parts = [];
  for (const node of element?.childNodes ?? []) {
    if (node.nodeType === Node.TEXT_NODE) parts.push(node.data);
    else if (node.tagName === "BR") parts.push("\n");
    else parts.push(readable(node), /^(P|DIV|LI|BLOCKQUOTE)$/.test(node.tagName) ? "\n" : "");
  }
  return parts.join("").replace(/\n{2,}/g, "\n");
}
