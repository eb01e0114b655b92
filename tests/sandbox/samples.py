"""Cards that keep every rule."""

from __future__ import annotations

Json = dict[str, object]

NOTICE: Json = {
    "card_type": "text_notice",
    "main_title": {"title": "回款已确认", "desc": "PM20261121-0001"},
    "emphasis_content": {"title": "¥50,000", "desc": "本次回款"},
    "horizontal_content_list": [{"keyname": "客户", "value": "杭州云图智能"}],
    "card_action": {"type": 1, "url": "https://example.com/"},
}
NEWS: Json = {
    "card_type": "news_notice",
    "main_title": {"title": "本周战报"},
    "card_image": {"url": "https://example.com/a.png", "aspect_ratio": 2.0},
    "card_action": {"type": 1, "url": "https://example.com/"},
}
BUTTONS: Json = {
    "card_type": "button_interaction",
    "source": {"desc": "海豚 · 审批", "desc_color": 0},
    "main_title": {"title": "订单审批", "desc": "李雷提交"},
    "horizontal_content_list": [{"keyname": "金额", "value": "¥3,420.00"}],
    "task_id": "task-1",
    "button_list": [{"text": "同意", "style": 1, "key": "yes-key"}, {"text": "驳回", "style": 2, "key": "no-key"}],
}
VOTE: Json = {
    "card_type": "vote_interaction",
    "main_title": {"title": "投票"},
    "task_id": "vote-1",
    "checkbox": {
        "question_key": "q",
        "mode": 1,
        "option_list": [{"id": each, "text": each.upper(), "is_checked": each == "a"} for each in "abc"],
    },
    "submit_button": {"text": "提交", "key": "submit"},
}
MULTIPLE: Json = {
    "card_type": "multiple_interaction",
    "main_title": {"title": "填写"},
    "task_id": "multiple-1",
    "select_list": [
        {
            "question_key": "stage",
            "title": "阶段",
            "option_list": [{"id": "new", "text": "新"}, {"id": "won", "text": "赢单"}],
        },
        {
            "question_key": "source",
            "title": "来源",
            "selected_id": "fair",
            "option_list": [{"id": "web", "text": "官网"}, {"id": "fair", "text": "展会"}],
        },
    ],
    "submit_button": {"text": "提交", "key": "submit"},
}
