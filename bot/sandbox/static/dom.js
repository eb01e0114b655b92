// Small helpers. Text from the wire only ever becomes text nodes.

/** h("div.card.big", {title: "x", onclick: fn}, child, "text", null) */
export function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child);
  }
  return element;
}

/** Cuts where the platform's recommended length ends. */
export function cut(text, length) {
  const letters = Array.from(String(text ?? ""));
  return letters.length > length ? letters.slice(0, length).join("") + "…" : letters.join("");
}

/** A link that leaves the sandbox; anything but the web and mail stays text. */
export function link(text, url, spec = "a.link") {
  if (!/^(https?:|mailto:|tel:)/i.test(url || "")) return h(spec.replace(/^a/, "span"), { title: url || "" }, text);
  return h(spec, { href: url, target: "_blank", rel: "noreferrer noopener" }, text);
}

/** A picture, or a calm surface where it cannot be loaded. */
export function picture(url, spec, ratio) {
  const frame = h(spec);
  if (ratio) frame.style.aspectRatio = String(ratio);
  if (/^https?:/i.test(url || "")) {
    const image = h("img", { src: url, alt: "", loading: "lazy", referrerPolicy: "no-referrer" });
    image.addEventListener("error", () => image.remove());
    frame.append(image);
  }
  return frame;
}

const minutes = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const clockWithSeconds = new Intl.DateTimeFormat("zh-CN", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});
export const clock = () => minutes.format(new Date());
export const timeWithSeconds = (seconds) => clockWithSeconds.format(new Date(seconds * 1000));

/** As a chat heads its messages: 09:30, 昨天 09:30, 11月21日 09:30. */
export function when(seconds) {
  const at = new Date(seconds * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  const day = days === 0 ? "" : days === 1 ? "昨天 " : `${at.getMonth() + 1}月${at.getDate()}日 `;
  return day + minutes.format(at);
}

/** How many buttons stand side by side. */
export function columns(buttons) {
  const longest = Math.max(...buttons.map((button) => Array.from(button.text || "").length));
  if (buttons.length > 1 && longest > 6) return ".one";
  if (buttons.length < 3) return "";
  const short = longest <= 4;
  return short && buttons.length !== 4 ? ".three" : ".two";
}

const COLORS = ["#4b83f0", "#f08a4b", "#2fa58a", "#8f6be0", "#e0637c", "#3aa5c9", "#c59a2f", "#6c8f3c"];

/** A face made of the last two characters of a name, as both platforms do it. */
export function avatar(name, spec = ".avatar") {
  const sum = Array.from(name).reduce((total, letter) => (total * 31 + letter.codePointAt(0)) % 65521, 7);
  const face = h(`span${spec}`, { title: name, "aria-hidden": "true" }, Array.from(name).slice(-2).join(""));
  face.style.background = COLORS[sum % COLORS.length];
  return face;
}

/** The app's own face. */
export const dolphin = (spec = ".avatar") => h(`span${spec}.dolphin`, { title: "海豚", "aria-hidden": "true" });

export function parse(value) {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

export async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  return answer.json().catch(() => ({ ok: false, why: `HTTP ${answer.status}` }));
}
