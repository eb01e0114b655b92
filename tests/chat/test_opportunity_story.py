"""An opportunity from its card alone: made by a sentence, moved and lost by taps, and what is missing is asked for."""

from phone import Phone
from running import House


def test_from_a_sentence_to_a_lost_deal(house: House) -> None:
    li = Phone(house, "wecom", "李雷")
    made = li.says("新建商机 西溪基因 二期测序 12.8万 预计12月底成交")
    assert "二期测序" in made and "初步接洽" in made and "12月31日" in made
    assert li.buttons("二期测序")[:4] == ["推进", "赢单", "输单", "写跟进"]
    assert "需求确认" in li.taps("初步接洽", "推进")
    assert "方案报价" in li.says("O000001推进到方案报价 客户认可参数，要正式报价单")
    assert "客户认可参数" in li.says("O000001的跟进记录")
    assert "原因" in li.taps("方案报价", "输单")
    lost = li.says("价格太高，选了同行")
    assert "输单" in lost and "选了同行" in lost
    assert "已撤销：商机输单" in li.says("撤销")
    assert "二期测序" in li.says("西溪基因的商机")


def test_a_target_and_what_is_missing(house: House) -> None:
    chen, li = Phone(house, "wecom", "陈组长"), Phone(house, "wecom", "李雷")
    assert "¥500,000.00" in chen.says("李雷 本月目标 50万")
    assert "还差 ¥500,000.00" in li.says("我这个月还差多少")
    assert "上级或管理员" in li.says("李雷 本月目标 1万")
