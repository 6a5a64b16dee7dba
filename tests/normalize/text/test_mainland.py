"""Words of the interface in the wording of the mainland."""

import pytest

from app.normalize.text.mainland import mainland


@pytest.mark.parametrize(
    ("traditional", "wording"),
    [
        ("搜尋", "搜索"),
        ("用滑鼠拖曳", "用鼠标拖动"),
        ("晶片", "芯片"),
        ("資料集", "数据集"),
        ("選擇檔案", "选择文件"),
        ("檔名", "文件名"),
        ("缺欄位", "缺字段"),
        ("儲存", "保存"),
        ("貼上", "粘贴"),
        ("API 文件", "API 文档"),
        ("無著落的指涉", "无对应的指涉"),
        ("外部識別碼", "外部标识"),
        ("複製", "复制"),
        ("確定執行", "确定执行"),
        # Not 演示文稿, the slides of a talk.
        ("每日 AI 簡報", "每日 AI 简报"),
        ("查詢費時太久", "查询费时太久"),
    ],
)
def test_terms_are_those_of_the_mainland(traditional: str, wording: str) -> None:
    assert mainland(traditional) == wording
