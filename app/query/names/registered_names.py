"""Registered names of companies: reduced to the names the press uses. Pure.

`小米科技有限責任公司` → `小米科技`, `小米`; `Amazon.com, Inc.` → `Amazon.com`, `Amazon`.
"""

import re

from app.normalize.text.folding import fold

MAX_SHORT_NAMES = 5
_MIN_HAN_CHARS = 2
_LEGAL_FORM = re.compile(
    r"[\s,.]+(?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|llp|plc|pbc|lp|gmbh|"
    r"ag|sas|sa|srl|spa|bv|nv|ab|oy|as|kk|pte|pty|holdings?|group|platforms?)\.?$",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"\.(?:com|ai|io|org|net|cn|jp|tw|co)$", re.IGNORECASE)
# The patterns below are matched against folded text: simplified, half-width, lower case.
_HAN_LEGAL_FORM = re.compile(
    r"(?:股份)?有限(?:责任)?公司$|(?:集团)?(?:股份|总)?公司$|^株式会社|株式会社$|合同会社$"
)
_PLACE = re.compile(
    r"^(?:中国|台湾|香港|北京|上海|天津|重庆|深圳|广州|杭州|南京|苏州|武汉|成都|合肥|西安|厦门|珠海|"
    r"东莞|宁波|无锡|长沙|青岛|济南|福州|广东|浙江|江苏|四川|安徽|湖北|湖南|山东|福建|贵州|日本|"
    r"美国|韩国)(?:省|市)?"
)
_TRADE = re.compile(
    r"(?:科技|技术|信息|资讯|网络|网讯|计算机|电脑|系统|软件|电子|通讯|通信|智能|人工智能|数据|"
    r"半导体|集成电路|汽车|工业|服务|创新|发展|投资|控股|集团|国际|文化|传媒|互联网|"
    r"グループ|ホールディングス)$"
)


def short_names(name: str) -> list[str]:
    """Return shorter forms of a registered name, longest first; none if `name` is not one."""
    name = name.strip()
    folded = fold(name)
    if _HAN_LEGAL_FORM.search(folded):
        return _short_han_names(folded)[:MAX_SHORT_NAMES]
    return _short_latin_names(name)[:MAX_SHORT_NAMES]


def _short_latin_names(name: str) -> list[str]:
    forms: list[str] = []
    while _LEGAL_FORM.search(name):
        name = _LEGAL_FORM.sub("", name).rstrip(" ,.")
        forms.append(name)
    if _DOMAIN.search(name):
        forms.append(_DOMAIN.sub("", name))
    return [form for form in forms if len(form) > 1]


def _short_han_names(folded: str) -> list[str]:
    """Return the name without legal form, then without place, then without words of its trade."""
    name = _HAN_LEGAL_FORM.sub("", folded)
    forms = [name]
    without_place = _PLACE.sub("", name)
    if without_place != name:
        name = without_place
        forms.append(name)
    while _TRADE.search(name):
        name = _TRADE.sub("", name)
        forms.append(name)
    return [form for form in forms if len(form) >= _MIN_HAN_CHARS]
