"""Whom a speaker speaks for."""

import pytest

from speech.mandate import mandate, usurped


@pytest.mark.parametrize(
    ("speaker", "body"),
    [
        ("市委书记", "市委、市政府"),
        ("市委副书记", "市委"),
        ("市委副书记、代市长", "市委、市政府"),
        ("分管副市长", "市政府"),
        ("清河市市长", "市政府"),
        ("县人民政府", "县政府"),
        ("区人大常委会主任", "区人大常委会"),
        ("市政协主席", "市政协"),
        ("镇党委书记", "镇党委、镇政府"),
        ("社区党委书记", None),
        ("市教育局局长", None),
        ("校长", None),
        ("企业代表", None),
        (None, None),
    ],
)
def test_the_office_tells_whom_a_speaker_speaks_for(speaker: str | None, body: str | None) -> None:
    assert mandate(speaker) == body


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("借此机会，我谨代表市第一中学全体师生，向大家表示热烈的祝贺。", "市第一中学全体师生"),
        ("值此论坛举办之际，我代表政府和人民对学校表示祝贺。", "政府和人民"),
        ("在此，谨代表县委、县政府向来宾表示欢迎。", "县委、县政府"),
        ("在此，我谨代表市委、市政府，向来宾表示欢迎。", ""),
        ("我代表市人民政府和全市人民向大家问好。", ""),
        ("我们要请人大代表、政协委员来看一看。", ""),
    ],
)
def test_who_speaks_for_others_than_his_own_is_noticed(text: str, whom: str) -> None:
    assert usurped(text, "分管副市长") == whom
    assert usurped(text, "社区党委书记") == usurped(text, None) == ""
