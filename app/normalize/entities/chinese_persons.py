"""Persons whose given name spells a known name: 陳三星, 記者王小米, 林千問女士.

A surname before the name decides. One that is an everyday word as well (周, 江, 石) needs a second
sign: a role before it, a title after the name, or 為 and an office. Texts are folded.
"""

import re

from app.normalize.text.surnames import OFFICES, SURNAMES, is_measure
from app.normalize.text.word_edges import word_list

_GIVEN_NAME_CHARS = 2
_MAX_ROLE_CHARS = 8
# Each is a word, a season, a measure, a place or a title, too: 韩 and 苏 are countries.
_EVERYDAY_SURNAMES = frozenset(
    "王黄周何余叶江石金常易武史游简温童雷陆龙夏秦唐宋汤钱庄颜柳田丁许施谢韩苏熊林罗"
)
_ROLE_BEFORE = re.compile(
    r"(?:记者|作者|编辑|主编|主持人|主讲人|导演|演员|歌手|选手|球员|教练|委员|议员|里长|村长|市长|校长|老师|医师|医生|律师|会计师|"
    r"工程师|设计师|建筑师|分析师|法官|检察官|警员|学生|同学|得奖人|当选人|候选人|当事人|发起人|负责人|召集人|受访者|民众|男子|女子|"
    r"画家|作家|诗人|评论家|摄影师|选出|推选|推举|任命|提名|聘请|专访|名叫|叫做|姓名)(?:是|为|[:：])? ?$"
)
_TITLES = (
    *(
        "先生 女士 小姐 太太 同学 老师 博士 医师 医生 律师 议员 委员 里长 村长 记者 导演 法官".split()
    ),
    *(office for office in OFFICES if len(office) > 2 or office.endswith("长")),
)
_IN_OFFICE = re.compile(
    rf"(?:为|任|担任|出任|接任|当选|获选为)(?:{'|'.join(sorted(OFFICES, key=len, reverse=True))}|里长|村长|议员|委员|班长)"
)


def is_given_name(text: str, start: int, end: int) -> bool:
    """Return whether `start` to `end` of folded `text` is the given name of a person."""
    if end - start != _GIVEN_NAME_CHARS or start == 0:
        return False
    surname = text[start - 1]
    if surname not in SURNAMES or _ends_a_word(text, start):
        return False
    if is_measure(text, start - 1):
        return False
    if surname not in _EVERYDAY_SURNAMES:
        return True
    if text.startswith(_TITLES, end) or _IN_OFFICE.match(text, end):
        return True
    return _ROLE_BEFORE.search(text, max(start - _MAX_ROLE_CHARS, 0), start - 1) is not None


def _ends_a_word(text: str, end: int) -> bool:
    """Return whether a word of the list ends at `end`: 上周, 江苏."""
    words = word_list()
    return any(text[end - size : end] in words for size in (2, 3, 4) if size <= end)
