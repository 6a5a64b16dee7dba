import pytest

from app.draft.forms import form_of


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("This week in AI: a model and a leak", "round-up"),
        ("The 10 best coding assistants", "round-up"),
        ("Everything Google announced at I/O", "round-up"),
        ("Google I/O 懶人包：十大重點一次看", "round-up"),
        ("一周AI要闻：三家公司上市", "round-up"),
        ("五個適合小團隊的開源代理框架", "round-up"),
        ("Opinion: the moat is thin", "opinion"),
        ("觀點：別再用排行榜選模型", "opinion"),
        ("GPT-9 實測：還是會裝懂", "review"),
        ("Hands-on with a new robot", "review"),
        ("How to run a model on a laptop", "guide"),
        ("手把手教你部署模型", "guide"),
        ("Regulators review Nvidia's purchase of a startup", "report"),
        ("輝達公布第一季財報", "report"),
        ("Court finds that the best model infringes", "report"),
    ],
)
def test_the_title_tells_the_form(title: str, form: str) -> None:
    assert form_of(title) == form
