"""What the command line says in Chinese: help, wrong usage, and what the system refused."""

import errno
import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

USAGE = "用法："
_HELP = (
    (r"^Usage: ", USAGE),
    (r"^(\s*用法：.*?)\[OPTIONS\]", r"\1[选项]"),
    (r"^(\s*用法：.*?)COMMAND \[ARGS\]\.\.\.", r"\1命令 …"),
    (r"^Options:", "选项："),
    (r"^Arguments:", "参数："),
    (r"^Commands:", "命令："),
    (r" <(?:list\[)?(?:str|path|int)\]?>(?=  )", ""),
    (r"\[required\]", "[必填]"),
    (r"\[default: (\w+); (\d+)<=x<=(\d+)\]", r"[默认 \1，\2—\3]"),
    (r"\[default: (.*?)\]", r"[默认 \1]"),
    (r"Show this message and exit\.", "显示这段说明。"),
)
# Typer's own messages; a new one comes through in English rather than not at all.
_WRONG = (
    (r"No such command '(.*)'\.", r"没有“\1”这个命令"),
    (r"No such command '(.*)'\. \(?Did you mean (?:one of: )?'(.*)'\?\)?", r"没有“\1”这个命令，是不是 \2"),
    (r"Missing command\.", "没有写命令"),
    (r"No such option: (\S+) \(Possible options: (.*)\)", r"没有 \1 这个选项，是不是 \2"),
    (r"No such option: (\S+)", r"没有 \1 这个选项"),
    (r"Missing (?:argument|parameter|option) '(.*)'\.", r"缺少“\1”"),
    (r"Option '(.*)' requires an argument\.", r"选项 \1 后面要写内容"),
    (r"Option '(.*)' does not take a value\.", r"选项 \1 后面不写内容"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", r"多出了“\1”；带空格的内容请加引号"),
    (r"Invalid value for '(.*?)': Input should be greater than or equal to (\S+)", r"\1 不能小于 \2"),
    (r"Invalid value for '(.*?)': Input should be less than or equal to (\S+)", r"\1 不能大于 \2"),
    (r"Invalid value for '(.*?)': Input should be a valid integer.*", r"\1 应是整数"),
    (r"Invalid value(?: for '(?:.*?)')?: (.*)", r"\1"),
)
_REFUSED = {
    errno.ENOSPC: "磁盘已满", errno.EDQUOT: "磁盘配额已用完", errno.EFBIG: "文件大小超过系统限制", errno.EACCES: "没有权限",
    errno.EPERM: "没有权限", errno.EROFS: "磁盘是只读的", errno.ENOENT: "文件或文件夹不存在", errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "上级不是文件夹", errno.ENAMETOOLONG: "文件名太长", errno.EMFILE: "打开的文件太多", errno.EIO: "磁盘读写出错",
}  # fmt: skip


class ChineseCommand(TyperCommand):
    """A command whose --help has Chinese headings."""

    def get_help(self, ctx: Any) -> str:
        return help_in_chinese(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """The same for a group of commands."""

    def get_help(self, ctx: Any) -> str:
        return help_in_chinese(super().get_help(ctx))


def help_in_chinese(text: str) -> str:
    """Typer's help with its fixed words in Chinese."""
    for english, chinese in _HELP:
        text = re.sub(english, chinese, text, flags=re.M)
    return text


def wrong_usage(message: str) -> str:
    """Typer's complaint about a command line, in Chinese."""
    for english, chinese in _WRONG:
        if match := re.fullmatch(english, message, re.S):
            return match.expand(chinese)
    return message


def refused(error: OSError) -> str:
    """Why the system refused, and which file, in Chinese."""
    reason = _REFUSED.get(error.errno or 0) or error.strerror or str(error)
    return f"{reason}：{error.filename}" if error.filename else reason
