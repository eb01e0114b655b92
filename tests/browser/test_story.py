"""A newcomer's first minutes on both platforms, by tapping and typing on the page of the real product."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from .demo import BROWSER, Desk, demo, desk

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome: apt-get install chromium"),
    pytest.mark.xdist_group("demo"),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo(tmp_path_factory.mktemp("demo") / "home") as address:
        yield address


def test_register_claim_order_and_approve_in_wecom(url: str) -> None:
    with desk(url) as page:
        page.says("lilei", "登记线索 孙小美 13900112233 苏州金鸡湖酒店有限公司 来源展会", "孙小美", "13900112233")
        page.sees("demo-east-group", "孙小美")
        assert "13900112233" not in page.phone("demo-east-group").inner_text()
        page.says("lilei", "领取 海豚科技", "已领取", "上海海豚科技有限公司")
        page.sees("demo-east-group", "上海海豚科技")
        order_and_approve(page, "lilei", "wangjl", "云图智能", "杭州云图智能科技有限公司")
        page.sees("demo-east-group", "杭州云图智能", "通过")
        page.page.reload()
        page.sees("lilei", "孙小美")
        page.sees("wangjl", "杭州云图智能", "已由王经理同意")


def test_the_same_in_dingtalk(url: str) -> None:
    with desk(url) as page:
        page.says("wangjl", "帮助", "我能帮你做这些")
        page.switch("钉钉")
        expect(page.phone("1001")).to_contain_text("王经理刚才用的是企业微信")
        page.says("1001", "帮助", "我能帮你做这些")
        page.says("1002", "登记线索 周大福 13900112244 无锡蠡园酒店有限公司 来源转介绍", "周大福")
        page.sees("demo-sales-group", "周大福")
        page.says("1002", "领取 恒通机电", "已领取", "苏州恒通机电有限公司")
        order_and_approve(page, "1002", "1001", "梧桐教育", "上海梧桐教育咨询有限公司")
        page.sees("demo-sales-group", "上海梧桐教育", "通过")


def test_a_rejection_asks_for_its_reason_on_the_phone(url: str) -> None:
    with desk(url) as page:
        page.says("wangjl", "帮助", "我能帮你做这些")
        page.says("lilei", "下单 绍兴黄酒 投影仪x1 九八折", "绍兴黄酒")
        page.taps("wangjl", "驳回", "绍兴黄酒")
        page.says("wangjl", "交期排不开", "驳回")
        page.sees("lilei", "绍兴黄酒", "交期排不开")


def order_and_approve(page: Desk, rep: str, manager: str, customer: str, name: str) -> None:
    page.says(rep, f"下单 {customer} 打印机x3 九六折", name, "3,456")
    page.taps(manager, "同意", name)
    page.sees(manager, name, "已同意")
    page.sees(rep, name, "已通过")
