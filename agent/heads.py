"""Sets of headings beside one another: which is parallel, covers its points, says each thing once and turns nothing upside down."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product

from speech import words

_MOST_SETS = 729  # combinations of candidates looked at
_SPREAD = 2  # characters by which parallel headings may differ: 134 of 250 groups in real reports (domain notes, E)
_TWICE_SAID = 4  # characters in a run that two headings share beside their topic

# Relief that goes to those who give orders is no relief of those below: 为基层减负，减轻政府管理压力.
_WRONG_WAY = re.compile(
    r"(?:减轻|缓解)[\u4e00-\u9fff]{0,2}(?:政府|机关|部门|领导|上级|管理|监管|执法)|(?:方便|便于)(?:政府|机关|部门|领导|上级|管理|监管|执法)"
)
_GOOD = "责任|服务|监督|监管|保障|投入|质量|安全|能力|水平|效率|效能|实效|满意度|幸福感|获得感|安全感|积极性|主动性|凝聚力|战斗力|活力|动力"
_BAD = "负担|压力|风险|矛盾|隐患|成本|纠纷|事故|浪费|腐败|形式主义|官僚主义|污染|贫困|拥堵|乱象|顽疾|短板|漏洞"
_LOWERS = re.compile(rf"(?:减少|降低|减轻|削弱|弱化|淡化|放松|放宽|削减|压减)(?:[\u4e00-\u9fff]{{0,4}})(?:{_GOOD})$")
_RAISES = re.compile(
    rf"(?:增加|提高|加大|提升|增强|促进|扩大|激发|巩固|助推|增进|提振)(?P<between>[\u4e00-\u9fff]{{0,6}})(?:{_BAD})$"
)
_AGAINST = re.compile(r"化解|整治|治理|防范|防控|排查|处置|消除|防治|抵御|应对|查处|管控|破解|破除|抗|减|降|补|除|治|反|防|控")
_AS_HIMSELF = re.compile(  # 鼓励志愿者当志愿者
    r"(?:让|叫|鼓励|动员|引导|支持|组织|推动|号召)([\u4e00-\u9fff]{2,6})[来去]?(?:当|做|成为|变成|变为)\1"
)
_ITSELF = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2,8})就是\1(?![\u4e00-\u9fff])|群众的?感受就是")
_NOTHING_NEW = 0.75  # of a second clause's words that the first has: 强化责任担当，压实责任担当


def empty(text: str) -> str:
    """What in `text` says of a thing only that it is itself: 安全责任就是安全责任, 鼓励志愿者当志愿者; "" where nothing does."""
    found = _ITSELF.search(text) or _AS_HIMSELF.search(text)
    return found[0] if found else ""


def absurd(heading: str) -> str | None:
    """Why a heading contradicts itself or bears the wrong way, in words for the model; None where it does not."""
    for clause in re.split("[，、；]", heading):
        if _WRONG_WAY.search(clause):
            return "受益的应是群众和基层，不是管理者"
        raised = _RAISES.search(clause)
        if _LOWERS.search(clause) or (raised and not _AGAINST.search(raised["between"])):
            return "意思说反了"
    if empty(heading):
        return "等于没说"
    first, comma, second = heading.partition("，")
    said = set(_told(second))
    if comma and said and len(said & set(_told(first))) >= _NOTHING_NEW * len(said):
        return "前后两句说的是一回事"
    return None


def set_faults(headings: Sequence[str], common: str) -> list[str]:
    """What is held against headings as a set, in words for the model. `common`: their topic, which each may name."""
    faults = []
    if len({heading.count("，") for heading in headings}) > 1:
        faults.append("各标题句式要一致")
    elif _spread(headings) > 2 * _SPREAD:
        faults.append("各标题字数要相近")
    if any(_shared_run(a, b, common) >= _TWICE_SAID for a, b in _pairs(headings)):
        faults.append("各标题说的事不要重复")
    return faults


def set_score(headings: Sequence[str], abouts: Sequence[str], grounds: str, common: str) -> float:
    """How good a set is, the higher the better: 1 each for even length, one pattern, each thing said once, points covered,
    and words that bear on what is told or found in the sources (`grounds`)."""
    parallel = max(0.0, 1 - max(0, _spread(headings) - _SPREAD) / 8)
    pattern = float(len({heading.count("，") for heading in headings}) == 1)
    runs = [_shared_run(a, b, common) for a, b in _pairs(headings)]
    apart = 1 - max(runs, default=0) / 8
    covered = sum(_covered(heading, about) for heading, about in zip(headings, abouts, strict=True)) / len(headings)
    told = [word for heading in headings for word in _told(heading)]
    bearing = sum(word in grounds for word in told) / max(1, len(told))
    return parallel + pattern + apart + covered + bearing


def best_set(candidates: Sequence[Sequence[str]], abouts: Sequence[str], grounds: str, common: str) -> list[str]:
    """Of the candidates for each place, those that make the best set; every place has one at least."""
    sets = (one for one in islice(product(*candidates), _MOST_SETS) if len(set(one)) == len(one))
    fallback = [place[0] for place in candidates]
    # of equals the first: the model's own set before a mixed one
    return list(max(sets, key=lambda one: set_score(one, abouts, grounds, common), default=fallback))


def _pairs(headings: Sequence[str]) -> Iterator[tuple[str, str]]:
    return combinations(headings, 2)


def _spread(headings: Sequence[str]) -> int:
    lengths = [len(heading) for heading in headings]
    return max(lengths, default=0) - min(lengths, default=0)


def _shared_run(a: str, b: str, common: str) -> int:
    """Characters in the longest run that both second clauses have, their topic apart: the first are of one pattern on purpose."""
    a, b = (one.replace(common, "").rpartition("，")[2] for one in (a, b))
    return next((n for n in range(min(len(a), len(b)), 1, -1) if any(a[i : i + n] in b for i in range(len(a) - n + 1))), 0)


def _covered(heading: str, about: str) -> float:
    pairs = [about[i : i + 2] for i in range(len(about) - 1)]
    return sum(pair in heading for pair in pairs) / len(pairs) if pairs else 1.0


def _told(text: str) -> list[str]:
    """The words of `text` that tell something."""
    return [word.text for word in words.cut(text).words if len(word.text) > 1 and word.tag[:1] in "nvaij"]
