// The drawers at the right: one open at a time; the focus goes in and comes back to the button.

export class Drawers {
  /** `opened(id)` hears which one opens. */
  constructor(opened) {
    this.opened = opened;
    this.opener = null;
    this.all = [...document.querySelectorAll(".drawer")];
    for (const button of document.querySelectorAll("[data-drawer]")) {
      button.addEventListener("click", () => this.toggle(button.dataset.drawer, button));
    }
    for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => this.close());
    addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
  }

  get current() {
    return this.all.find((each) => each.classList.contains("open"));
  }

  toggle(id, opener) {
    if (this.current?.id === id) this.close();
    else this.open(id, opener);
  }

  open(id, opener = null) {
    this.opener = opener;
    this.set(id);
    this.current.querySelector("h2").focus({ preventScroll: true });
    this.opened(id);
  }

  close() {
    if (!this.current) return;
    const inside = this.current.contains(document.activeElement);
    this.set("");
    if (inside) this.opener?.focus();
  }

  set(id) {
    for (const each of this.all) {
      each.classList.toggle("open", each.id === id);
      each.inert = each.id !== id;
    }
    for (const button of document.querySelectorAll(".tools [data-drawer]")) {
      button.setAttribute("aria-expanded", String(button.dataset.drawer === id));
    }
    document.body.classList.toggle("beside", Boolean(id));
  }
}
