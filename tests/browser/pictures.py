"""Makes the README's picture of the sandbox: `python -m tests.browser.pictures [FOLDER]`, docs/images by default.

Drives `haitun demo` on a home of its own to a lively state; `sandbox.png` is for the README, `sandbox-phone.png` shows
the same on a phone and is not kept.
"""

import re
import sys
import tempfile
from pathlib import Path

from PIL import Image

from .demo import Desk, demo, desk

FOLDER = Path(__file__).parents[2] / "docs" / "images"


def play(page: Desk) -> None:
    """A morning of the demo company, in WeCom."""
    page.sees("lilei", "温州瓯江", "即将回收")
    page.says("lilei", "下单 梧桐教育 投影仪x1 九八折", "已下单", "上海梧桐教育咨询有限公司")
    code = approve(page, "上海梧桐教育咨询有限公司")
    page.says("lilei", f"回款 {code} 2000 银行转账", "已登记回款")
    page.sees("qiankj", "PM", "2,000.00")
    page.says("hanmeimei", "领取 海豚科技", "已领取", "上海海豚科技有限公司")
    page.says("hanmeimei", "登记线索 孙小美 13900112233 来源展会", "孙小美", "已登记")
    page.says("lilei", "下单 云图智能 打印机x3 九五折", "已下单", "杭州云图智能科技有限公司")
    approve(page, "杭州云图智能科技有限公司")
    page.sees("demo-east-group", "杭州云图智能", "通过")


def approve(page: Desk, customer: str) -> str:
    """The manager's yes, until the rep knows; gives the order's code."""
    page.taps("wangjl", "同意", customer)
    code = re.search(r"SO\d{8}-\d{4}", page.sees("wangjl", customer, "已由王经理同意").inner_text())
    assert code is not None
    page.sees("lilei", code[0], "已通过")
    return code[0]


def save(page: Desk, path: Path) -> None:
    """When everything has settled, nothing is focused and nobody else's messages are announced."""
    dismiss = page.page.get_by_role("button", name="知道了")
    while dismiss.is_visible():
        dismiss.click()
    page.page.mouse.move(0, 0)
    page.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.page.wait_for_timeout(1500)
    page.page.screenshot(path=path)
    with Image.open(path) as shot:
        shot.convert("RGB").save(path, optimize=True)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as base, demo(Path(base) / "home") as url:
        with desk(url, height=980) as page:
            play(page)
            save(page, folder / "sandbox.png")
        with desk(url, width=390, height=844, scale=2) as page:
            page.page.get_by_role("tab").first.click()
            save(page, folder / "sandbox-phone.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
