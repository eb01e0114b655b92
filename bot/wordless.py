"""What a message without words means: a command where there is one, else what to do instead."""

from bot.inbound import Said
from handlers.reply import Reply
from models.base import Json

INSTEAD = {
    "voice": "这段语音没有识别出文字，请再说一次，或用键盘上的麦克风说成文字",
    "image": "我还看不懂图片，请把要记的内容打字发给我",
    "video": "我还看不懂视频，请把要记的内容打字发给我",
    "link": "收到链接了。要记下来，请说：跟进 客户名 内容",
    "file": "收到文件了，请打字告诉我要做什么",
}


def meant(message: Said) -> tuple[str, Json] | Reply:
    """The command and its arguments, or the answer."""
    details = message.details
    if message.kind == "location" and _is_degree(details.get("latitude")) and _is_degree(details.get("longitude")):
        args = {name: details[name] for name in ("latitude", "longitude")}
        place = details.get("label", "").strip()
        return "follow_up.check_in", args | ({"place": place} if place else {})
    media = details.get("media_id") or details.get("download_code")
    if media and message.kind in ("image", "file", "voice", "video"):
        name = details.get("file_name", "").strip()
        return "file.attach", {"media": media, "kind": message.kind} | ({"name": name} if name else {})
    return Reply("text", {"text": INSTEAD.get(message.kind, INSTEAD["file"])})


def _is_degree(said: str | None) -> bool:
    try:
        return said is not None and abs(float(said)) <= 180
    except ValueError:
        return False
