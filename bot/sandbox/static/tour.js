// The three steps above the phones: which is next, which are done, and what a click on one does.

const STEPS = ["say", "tap", "see"];

export class Tour {
  /** `acts`: what a click on each step does. */
  constructor(acts) {
    this.buttons = Object.fromEntries(STEPS.map((id) => [id, document.querySelector(`[data-step="${id}"]`)]));
    this.reset();
    for (const id of STEPS) this.buttons[id].addEventListener("click", acts[id]);
  }

  reset() {
    this.done = new Set();
    this.draw();
  }

  finish(id) {
    this.done.add(id);
    this.draw();
  }

  draw() {
    const next = STEPS.find((id) => !this.done.has(id));
    for (const id of STEPS) {
      this.buttons[id].classList.toggle("done", this.done.has(id));
      this.buttons[id].classList.toggle("next", id === next);
      if (id === next) this.buttons[id].setAttribute("aria-current", "step");
      else this.buttons[id].removeAttribute("aria-current");
    }
  }
}
