"""Words of Traditional Chinese in the wording of the mainland: 晶片 → 芯片, 檔案 → 文件. Pure.

OpenCC's `tw2sp` knows most terms; a table corrects those that it does not, or that it takes for
another word. It is for words of the interface, never for texts of documents.
"""

from functools import cache
from typing import Any

import opencc

_TERMS = {
    # Wording after OpenCC: wording of the mainland.
    "演示文稿": "简报",
    "查找费时": "查询费时",
    "拖曳": "拖动",
    "拷贝": "复制",
    "预设": "默认",
    "品质": "质量",
    "片语": "短语",
    "无着落": "无对应",
    "识别码": "标识",
    "确定运行": "确定执行",
    "信心": "置信度",
    "校订桌": "校订台",
}


@cache
def _converter() -> Any:
    return opencc.OpenCC("tw2sp")


@cache
def mainland(text: str) -> str:
    """Return a word of the interface in simplified Han and the wording of the mainland."""
    converted: str = _converter().convert(text)
    for term, wording in _TERMS.items():
        converted = converted.replace(term, wording)
    return converted
