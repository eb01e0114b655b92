// The fault buttons: what waits to strike, and what to look out for.

import { h, post } from "./dom.js";

const EXPECT = {
  repeat: "现在去手机上说句话：平台会把它送三遍，海豚只办一次、只答一次。",
  delay: "现在去手机上说句话：3 秒后海豚才收到，答复照常。",
  drop: "现在去手机上说句话：气泡旁会有红色感叹号，海豚没收到。再说一遍就好。",
  expire: "令牌已全部作废。海豚下一次发消息会被拒绝一次，换了新令牌再发，人感觉不到。",
  busy: "接下来两次调用被限频。海豚退避后重发，通知会晚一点，一条不少。",
  down: "接下来两次调用网关报错。海豚退避后重发，通知会晚一点，一条不少。",
  hang: "下一次调用卡 8 秒。别的人的消息不受影响。",
  clear: "已恢复正常。",
};

export class Faults {
  constructor(platform) {
    this.list = document.querySelector("#pending");
    this.told = document.querySelector("#fault-told");
    this.opener = document.querySelector("#faults-open");
    this.buttons = [...document.querySelectorAll("[data-fault]")];
    for (const button of this.buttons) button.addEventListener("click", () => this.make(button.dataset.fault, platform()));
  }

  async make(kind, platform) {
    const answer = await post("faults", { kind, platform });
    this.told.textContent = answer.ok ? EXPECT[kind] : answer.why;
  }

  /** `pending`: a Chinese line for each fault that waits, beginning with its button's name. */
  show(pending) {
    if (!pending) return;
    this.list.replaceChildren(...pending.map((line) => h("li", null, line)));
    this.opener.classList.toggle("armed", pending.length > 0);
    for (const button of this.buttons) {
      const name = button.querySelector("b").textContent;
      button.classList.toggle("armed", pending.some((line) => line.startsWith(name)));
    }
  }
}
