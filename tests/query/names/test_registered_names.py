"""Registered names of companies."""

import pytest

from app.query.names.registered_names import short_names


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Amazon.com, Inc.", "Amazon"),
        ("小米科技有限責任公司", "小米"),
        ("小米科技有限责任公司", "小米"),
        ("深圳市腾讯计算机系统有限公司", "腾讯"),
        ("阿里巴巴集團控股有限公司", "阿里巴巴"),
        ("北京百度網訊科技有限公司", "百度"),
        ("任天堂株式会社", "任天堂"),
        ("株式会社サイバーエージェント", "サイバーエージェント"),
        ("Mistral AI SAS", "Mistral AI"),
        ("Samsung Electronics Co., Ltd.", "Samsung Electronics"),
        ("Meta Platforms, Inc.", "Meta"),
        ("Character.AI", "Character"),
    ],
)
def test_a_registered_name_has_the_usual_name(name: str, short: str) -> None:
    assert short in short_names(name)


@pytest.mark.parametrize("name", ["", "NVIDIA", "小米", "公司", "Inc.", "GPT-5.2", "Qwen Group of"])
def test_other_names_have_no_shorter_form(name: str) -> None:
    assert short_names(name) == []
