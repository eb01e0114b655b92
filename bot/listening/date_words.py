"""The shapes of dates and times; `dates.py` says what they mean."""

CN = "零一二两三四五六七八九十"
SMALL = rf"(?:\d{{1,3}}|[{CN}]{{1,3}})"
PERIODS = {
    "凌晨": (0, 6),
    "清晨": (0, 7),
    "早上": (0, 9),
    "早晨": (0, 9),
    "上午": (0, 9),
    "中午": (12, 12),
    "午后": (12, 14),
    "下午": (12, 14),
    "傍晚": (12, 18),
    "晚上": (12, 19),
    "晚间": (12, 19),
    "夜里": (12, 21),
    "早": (0, 9),
    "晚": (12, 19),
}  # (which half of the day: added to hours below 12, the hour when none is said)
LONG_PERIOD = "凌晨|清晨|早上|早晨|上午|中午|午后|下午|傍晚|晚上|晚间|夜里"
_AFTER_HOUR = r"(?:半|一刻|三刻|整|过?(?:\d{1,2}|[零一二三四五]?十?[一二三四五六七八九]?)(?:分钟?)?)"
_OCLOCK = rf"(?:点钟|点(?![一二三四五六七八九]?折|建议|意见|要求|问题|原因|评)|时(?![间候常]))(?:{_AFTER_HOUR})?"
CLOCK = rf"(?:\d{{1,2}}|[{CN}]{{1,3}})\s?{_OCLOCK}|\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s?[ap]m)?|\d{{1,2}}\s?[ap]m"
# 便宜一点 is no time: alone, one o'clock needs 钟, 半, 整 or digits.
_BARE_CLOCK = rf"(?!一点(?!钟|半|整|一刻|三刻|[零一二三四五]?十))(?:{CLOCK})"

WORDS = {
    "大后天": 3, "后天": 2, "后日": 2, "明天": 1, "明日": 1, "明儿": 1, "今天": 0, "今日": 0, "今儿": 0, "当天": 0,
    "昨天": -1, "昨日": -1, "前天": -2, "前日": -2, "大前天": -3, "today": 0, "tomorrow": 1, "yesterday": -1,
    "今": 0, "明": 1, "昨": -1,
}  # fmt: skip
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5} | {
    str(n): n - 1 for n in range(1, 8)
}
SHIFTS = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "": 0, "下": 1, "下下": 2}
_SHIFT = r"(?:上上个?|上个?|这个?|本|下下个?|下个?)"
_WEEK = r"(?:周|星期|礼拜)"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_NO_DIGIT = r"(?<![\d.\-/])"
HOLIDAYS = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1), "圣诞": (12, 25)}

DAY_SHAPES: dict[str, str] = {
    "word": r"大后天|大前天|今天|今日|今儿|当天|明天|明日|明儿|后天|后日|昨天|昨日|前天|前日"
    r"|today|tomorrow|yesterday|[今明昨](?=早|晚)",
    "weekday": rf"(?:每|{_SHIFT})?{_WEEK}(?:[一二三四五六日天末]|[1-7](?!\d))(?!个|次)",
    "week_end": rf"{_SHIFT}{_WEEK}[底末]",
    "iso": rf"{_NO_DIGIT}20\d{{2}}[-/.年]\s?{_MONTH}[-/.月]\s?{_DAY}(?:日|号)?(?!\d)",
    "month_edge": rf"(?:{_NO_DIGIT}{_MONTH}月|{_SHIFT}月|月)(?:底|末|初|中旬|上旬|下旬|中)",
    "month_day": rf"(?:(?:今年|明年|20\d{{2}}年)\s?)?{_NO_DIGIT}{_MONTH}月\s?{_DAY}(?:日|号)?(?!\d)",
    "shift_month_day": rf"(?:{_SHIFT}月|每月)\s?{_DAY}(?:日|号)",
    "slash": rf"{_NO_DIGIT}(?:1[0-2]|0?[1-9])/(?:3[01]|[12]\d|0?[1-9])(?![\d/])",
    "quarter_edge": r"(?:上个?|本|这个?|下个?)?季度?(?:末|底|初)",
    "year_edge": r"(?:今|明|本|去)?年(?:底|末|初|中)",
    "holiday": rf"(?:{'|'.join(HOLIDAYS)})(?:节)?",
    "day": rf"(?<![\d.\-/月]){_DAY}(?:号|日)(?!楼|院|线|厂|店|机|门|元|用|常|产|报|程|记|志)",
    "whole_week": rf"{_SHIFT}{_WEEK}(?![一二三四五六日天末1-7内])",
    "whole_month": r"下下?个月(?!\d)",
}
UNITS = {
    "分钟": "minute", "小时": "hour", "钟头": "hour", "刻钟": "quarter_hour", "天": "day", "日": "day",
    "周": "week", "星期": "week", "礼拜": "week", "月": "month", "年": "year", "季度": "season",
    "工作日": "workday", "工作天": "workday",
}  # fmt: skip
_UNIT = "工作日|工作天|分钟|小时|钟头|刻钟|星期|礼拜|季度|天|日|周|月|年"
_AMOUNT = rf"(?:{SMALL}\s?个?半?|半个?)"
SPAN = rf"{_AMOUNT}\s?(?:{_UNIT})"  # a length of time: 推迟两天
_LATER = r"(?:之后|以后|后(?![天日续期面台]))|[之以]?内"
OFFSET = (
    rf"(?<![第周\d])(?:过个?{_AMOUNT}\s?(?:{_UNIT})(?:{_LATER})?|{_AMOUNT}\s?(?:{_UNIT})(?:{_LATER}|[之以]?前(?![台])))"
)
_PERIOD = rf"(?:{'|'.join(PERIODS)})"
DAY = "|".join(f"(?:{shape})" for shape in DAY_SHAPES.values())
TIME = rf"(?:{_PERIOD}\s?的?(?:{CLOCK})?|{CLOCK})"
DATE = (
    rf"(?:(?:{OFFSET})(?:\s?的?{TIME})?|(?:{DAY})(?:\s?(?:[,的]|at)?\s?{TIME})?(?:[之以]?前(?![台]))?"
    rf"|(?:{LONG_PERIOD})\s?(?:{CLOCK})|{_BARE_CLOCK}|(?:{LONG_PERIOD}))"
)
