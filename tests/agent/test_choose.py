"""Which of several answers is kept."""

from agent.choose import shared, worth

ABOUT = "公开物业收支。物业费用花在哪里要让居民看得见。"
WRITTEN = "要提高治理效率，让居民更加满意。要提高服务效率，让群众更加满意。"


def best(*answers: str) -> str:
    return max(answers, key=lambda answer: worth(answer, ABOUT, WRITTEN, 30))


def test_an_answer_that_repeats_the_drafts_turns_is_left() -> None:
    fresh = "每季度把物业收支贴到楼道口，居民看得懂、问得到。"
    assert best("要提高治理效率，让居民更加满意，要提高服务效率。", fresh) == fresh


def test_an_answer_in_words_of_its_own_comes_before_one_in_the_materials() -> None:
    own = "哪一笔钱花到了什么地方，贴在楼道口让居民自己看。"
    assert best("物业费用花在哪里要让居民看得见，还要问得到。", own) == own


def test_an_answer_on_the_point_comes_before_one_beside_it() -> None:
    on_it = "物业的收支每月晒出来，居民有疑问当面说清楚。"
    assert best("大家都来想一想，各人把各人门前扫一扫干净。", on_it) == on_it


def test_nothing_is_worth_nothing() -> None:
    assert worth("", ABOUT, WRITTEN, 30) == 0.0 == worth("。。！", ABOUT, WRITTEN, 30)
    assert shared("网格管理", "网格员管理") == 2
