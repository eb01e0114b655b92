"""YAML with a memory: plain values, and the line on which each of them stands."""

from typing import Any

import yaml

from models.errors import CompanyFileError

Path = tuple[str | int, ...]
MAX_NODES = 2_000_000
_KEPT = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"}
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Lines:
    """Where each key and item stands, 1-based."""

    def __init__(self) -> None:
        self._lines: dict[Path, int] = {(): 1}

    def note(self, path: Path, node: yaml.Node) -> None:
        """Remembers where a value was written; an alias points to where it is used by its anchor."""
        self._lines[path] = node.start_mark.line + 1

    def __len__(self) -> int:
        return len(self._lines)

    def of(self, path: Path) -> int:
        """The line of this value, else of the nearest thing around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def wrong(self, path: Path, message: str) -> CompanyFileError:
        """The error that names this line."""
        return CompanyFileError(message, self.of(path))


def read(text: str) -> tuple[dict[str, Any], Lines]:
    """The mapping that the text is, with only null and booleans resolved: every other scalar stays as it was written,
    so that an account `0571` keeps its zero. Raises `CompanyFileError`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise CompanyFileError(f"YAML 格式不对：{error.problem}", mark.line + 1 if mark else 1) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise CompanyFileError("YAML 格式不对，有不能用的字符或嵌套太深", _line_of(text, error)) from error
    lines = Lines()
    if not isinstance(root, yaml.MappingNode):
        raise lines.wrong((), "公司文件里要写 departments、people、customers 等部分")
    value: dict[str, Any] = _value(root, (), lines, ())
    return value, lines


def _line_of(text: str, error: Exception) -> int:
    position = getattr(error, "position", 0)
    return text.count("\n", 0, position) + 1 if isinstance(position, int) else 1


def _value(node: yaml.Node, path: Path, lines: Lines, above: tuple[int, ...]) -> Any:
    if id(node) in above or len(lines) > MAX_NODES or len(above) > 20:
        raise CompanyFileError("嵌套太深，或引用了自己", node.start_mark.line + 1)
    above = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, above)
    if isinstance(node, yaml.SequenceNode):
        items = []
        for number, item in enumerate(node.value):
            lines.note((*path, number), item)
            items.append(_value(item, (*path, number), lines, above))
        return items
    if "\x00" in node.value:
        raise CompanyFileError("有不能用的字符", node.start_mark.line + 1)
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return _BOOLEANS[node.value.lower()] if node.tag in _KEPT else node.value


def _mapping(node: yaml.MappingNode, path: Path, lines: Lines, above: tuple[int, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or not key.value:
            raise CompanyFileError("键要写成文字", line)
        if key.value in found:
            raise CompanyFileError(f"「{key.value}」写了两次", line)
        lines.note((*path, key.value), key)
        found[key.value] = _value(item, (*path, key.value), lines, above)
    return found
