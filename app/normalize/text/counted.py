"""Numbers that count what follows them: in "Gemini 3 天" three is no version of Gemini."""

import re

# Measure words, folded, each with the words that it begins: 3 人, but 3 人工評測.
_MEASURES: dict[str, str] = {
    "万": "能",
    "亿": "",
    "兆": "",
    "百": "度",
    "千": "问 禧",
    "倍": "受 感",
    "个": "人 别 体 性",
    "款": "",
    "项": "目",
    "种": "子",
    "年": "底 初 末 中",
    "月": "之",
    "日": "前 益 常 本 文 语 后 趋",
    "天": "气 文 才 下 然 津 河",
    "名": "列 为 称",
    "家": "族 庭 用 长 电",
    "篇": "",
    "次": "世代 日 级 代",
    "位": "居 列 于 元",
    "人": "工 气 形 类 们 机 脸 才",
    "场": "景",
    "台": "湾 积 北 中 南",
    "件": "",
    "笔": "电 记",
    "点": "评 击 名 出 亮 燃",
    "周": "边 报 一 二 三 四 五 六 日 末",
    "季": "军",
    "号": "称 召",
    "元": "宇宙 年 素 件",
    "秒": "杀",
    "页": "面",
    "行": "业 列 为 程 动 情",
    "度": "过",
    "岁": "",
    "层": "出 面 级",
    "颗": "",
    "片": "段 面",
    "枚": "",
    "座": "谈 落",
    "辆": "",
    "户": "外",
    "吨": "",
    "则": "是 会 可 将 为 能 支 在 有 以 更 不 已 需 由 提 具 采 主 被 因",
}
_LONG_MEASURES = "分钟 分之 小时 公里 公斤 美元 美金 欧元 吉瓦 千瓦 兆瓦".split()
_LATIN_MEASURES = (
    *("million", "billion", "trillion", "thousand", "percent", "hours", "minutes", "days"),
    *("weeks", "months", "years", "gigawatts", "gw", "mw", "x"),
)


def _measure_pattern() -> str:
    parts = list(_LONG_MEASURES)
    for measure, followers in _MEASURES.items():
        words = "|".join(followers.split())
        parts.append(f"{measure}(?!{words})" if words else measure)
    latin = "|".join(_LATIN_MEASURES)
    return rf"(?:[%％]|{'|'.join(parts)}|(?:{latin})\b)"


COUNTED = rf" ?{_measure_pattern()}"
"""Pattern of a measure after a number, folded."""
_COUNTED = re.compile(COUNTED)
_SPACED_NUMBER = re.compile(r" \d{1,3}(?:\.\d+)?$")
_MAX_NUMBER_CHARS = 8


def counts_something(folded: str, end: int) -> bool:
    """Return whether the number that ends at `end` has a measure after it."""
    return _COUNTED.match(folded, end) is not None


def ends_with_count(folded: str, start: int, end: int) -> bool:
    """Return whether `start` to `end` is a word and, after a space, a number that counts something.

    Gemini 3 天 is Gemini, for three days; Gemini3 and Gemini-3 are versions whatever follows.
    """
    number = _SPACED_NUMBER.search(folded[max(start, end - _MAX_NUMBER_CHARS) : end])
    return number is not None and counts_something(folded, end)
