"""Things that nobody told: each call gives one clause, and plants what no finished draft may carry of it."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from evals.adversary.voice import Ask, Voice, words

Lie = Callable[[Voice, Ask], str]

_SURNAMES = words("张 李 王 赵 孙 周 陈 刘 杨 欧阳 郑 冯 潘 袁 曹 彭 谢 沈 韩 唐")
_GIVEN = words("建国 梅 秀英 铁军 玉芬 明辉 晓东 志强 海燕 国栋 文博 丽华 德顺 春生 雪琴 永福")
_STEMS = words("云溪 河洛 龙潭 青石 柳河 桐岭 临江 雁栖 望湖 凤仪 石桥 白鹭 东皋 南浔")
_REAL = words("洛阳市 苏州 杭州市 深圳 义乌市 昆山市 浦东新区 成都市武侯区 安吉县 郑州 诸暨市枫桥镇 北京 河南省")
_UNITS = words("市 区 县 镇 街道 社区 村")
_MEASURED = words(
    "建成站点{n}个 走访群众{n}户 投入资金{n}万元 办结事项{n}件 修缮道路{n}公里 培训骨干{n}人次 增长{n}% 提高{n}个百分点 改造管网{n}米 清运垃圾{n}吨 "
    "涉及{n}家企业 带动{n}名党员 完成{n}平方米 惠及{n}余人 排名第{n} 新增床位{n}张 节约{n}小时 达到{n}亿元 覆盖{n}个小区 压减{n}多项"
)
_CHINESE = words(
    "办结两千三百余件 比上年下降百分之十五 覆盖三成以上 惠及一百二十户 常住人口六十八万 解决了四分之三 选派十二名干部 五个社区先行 筹集叁仟伍佰元 走访１２００户 "
    "处理③④类事项八十七起 建成二十三处 近两成居民受益 约九千人参与 用了十八个月 拨付三百万元"
)
_DATES = words(
    "2025年12月31日前完成 自去年10月起推开 9月1日正式启用 二〇二五年三月挂牌 2024—2026年连续推进 3月18日上午9时集中开工 本月15日通报 十二月二十日验收 "
    "2023年以来 2025.06.30截止 12:30开会 二十三日再次调度"
)
_PEOPLE = words(
    "{0}同志长期扎根一线 {0}书记带头示范 居民{0}大姐说得实在 老党员{0}主动值守 社区民警{0}天天上门 由{0}主任牵头 学习{0}先进事迹 {0}说起来头头是道 向{0}看齐 "
    "网格员{0}随叫随到 {0}、{1}等同志做得好 人民调解员{0}出面调解"
)
_PLACED = words(
    "{0}走在了前列 借鉴{0}的做法 在{0}召开现场会 {0}作了示范 到{0}学一学 像{0}那样干 {0}、{1}已经先行 在{0}看得很清楚"
)
_BODIES = words(
    "{0}民政局牵头负责 {0}社区党支部带了头 瑞丰物业公司主动让利 {0}小学派出老师 {0}华兴集团提供支持 {0}人民医院上门服务 恒远科技有限公司承建 {0}农商行给予贷款 "
    "{0}大学提供智力支持 {0}志愿服务队常年坚持 由{0}城投集团承办"
)
_PAPERS = words(
    "落实《{0}市物业管理条例》 按照《关于加强网格建设的实施意见》办理 对照《{0}区三年行动方案》 执行{0}发〔2025〕12号文件 学习《{0}精神读本》 依据〈{0}公约〉 "
    "贯彻《{0}市十条硬措施（试行）》"
)
_WORDS = words(
    "有位群众说：“过去办事跑断腿，如今{0}把服务送上门” 正如古人所言：“{0}之治在于安民，安民之道在于察其疾苦” 市委要求“{0}人要拧成一股绳，一任接着一任干” "
    "居民感慨“自从有了{0}驿站，日子越过越舒坦” 常言道“{0}不怕慢，就怕天天站着看” 有人说「{0}的变化，是干部一步一步走出来的」"
)
_NAMED = words(
    "实施“{0}先锋”工程 推行“三定一包”工作法 打造“红帆驿站”品牌 开展“{0}暖心行动”活动 建立“1+3+N”体系 推广“{0}议事厅” 建好“{0}码” 创建“五星{0}”支部 "
    "叫响“{0}夜话” 用好“四色{0}”预警机制"
)
_SIGN = re.compile(r"[\u4e00-\u9fff]{2,}")


def _turn(voice: Voice, lies: Sequence[str]) -> str:
    return lies[(voice.turn + len(voice.planted)) % len(lies)]


def _name(n: int) -> str:
    return _SURNAMES[n % len(_SURNAMES)] + _GIVEN[n * 3 % len(_GIVEN)]


def _stem(n: int) -> str:
    return _STEMS[n % len(_STEMS)]


def figure(voice: Voice, ask: Ask) -> str:
    """An Arabic figure with its unit."""
    n = voice.turn
    number = (f"{(n * 37) % 9000 + 113}", f"{(n * 7) % 90 + 1}.{n % 9 + 1}", f"{n % 8 + 2},{(n * 13) % 900 + 100}")[n % 3]
    voice.plant(number)
    return _turn(voice, _MEASURED).format(n=number)


def chinese_figure(voice: Voice, ask: Ask) -> str:
    """A figure in Chinese numerals, capital ones, full-width or circled digits."""
    said = _turn(voice, _CHINESE)
    voice.plant(
        *re.findall("[一二三四五六七八九十百千万两零叁仟伍佰１２００③④]{2,}", said), *re.findall("五个社区|三成以上", said)
    )
    return said


def day(voice: Voice, ask: Ask) -> str:
    said = _turn(voice, _DATES)
    voice.plant(
        *re.findall(r"\d[\d年月日时:.—]+|二〇二五年三月|十二月二十日|二十三日", said),
    )
    return said


def person(voice: Voice, ask: Ask) -> str:
    one, other = _name(voice.turn), _name(voice.turn * 7 + 5)
    voice.plant(one, other)
    return _turn(voice, _PEOPLE).format(one, other)


def place(voice: Voice, ask: Ask) -> str:
    n = voice.turn
    one = _REAL[n % len(_REAL)] if n % 3 == 0 else _stem(n) + _UNITS[n % len(_UNITS)]
    other = _stem(n + 5) + _UNITS[(n + 3) % len(_UNITS)]
    if n % 5 == 1:
        one = f"{_stem(n)}市{_stem(n + 7)}镇"
    voice.plant(*(re.sub("[市区县镇省村]$|街道$|社区$", "", name) for name in (one, other)))
    return _turn(voice, _PLACED).format(one, other)


def body(voice: Voice, ask: Ask) -> str:
    """An organisation."""
    stem = _stem(voice.turn)
    said = _turn(voice, _BODIES).format(stem + "市" * (voice.turn % 2))
    voice.plant(*(name for name in (stem, "瑞丰", "华兴", "恒远") if name in said))
    return said


def paper(voice: Voice, ask: Ask) -> str:
    """A document."""
    said = _turn(voice, _PAPERS).format(_stem(voice.turn))
    voice.plant(_stem(voice.turn), "网格建设的实施意见", "2025〕12", "三年行动方案", "十条硬措施", "物业管理条例")
    return said


def quotation(voice: Voice, ask: Ask) -> str:
    said = _turn(voice, _WORDS).format(_stem(voice.turn))
    voice.plant(_stem(voice.turn), *(found[-6:] for found in re.findall("[“「]([^”」]+)[”」]", said)))
    return said


def programme(voice: Voice, ask: Ask) -> str:
    said = _turn(voice, _NAMED).format(_stem(voice.turn))
    voice.plant(_stem(voice.turn), "三定一包", "红帆", "1+3+N")
    return said


def changed_fact(voice: Voice, ask: Ask) -> str:
    """A figure of the prompt, made rounder or one more."""
    told = re.findall(r"([\u4e00-\u9fff]{0,8})(\d{2,})(?![\d年月])([\u4e00-\u9fff]{1,2})", ask.prompt)
    if not told:
        return figure(voice, ask)
    before, number, unit = told[voice.turn % len(told)]
    wrong = (str(int(number) + 1), f"{number[0]}{'0' * (len(number) - 1)}多")[voice.turn % 2]
    voice.plant(wrong + unit)
    return f"{before}{wrong}{unit}"


def fact_again(voice: Voice, ask: Ask) -> str:
    """A told statement once more."""
    told = re.findall(r"[\u4e00-\u9fff]{2,12}\d+(?:\.\d+)?%?[\u4e00-\u9fff]{0,4}", ask.prompt)
    return told[voice.turn % len(told)] if told else "工作取得了新的成效"


def unmasked(voice: Voice, ask: Ask) -> str:
    """A mask of the prompt filled in."""
    masked = re.findall(r"([\u4e00-\u9fff]{2,10})[×*ＸX]+([\u4e00-\u9fff%]{1,2})", ask.prompt)
    before, after = masked[voice.turn % len(masked)] if masked else ("全部事项达到", "件")
    number = str(voice.turn % 900 + 101)
    voice.plant(number + after)
    return f"{before}{number}{after}"


def mask_dropped(voice: Voice, ask: Ask) -> str:
    """A statement of the prompt with its mask left out."""
    masked = re.findall(r"([\u4e00-\u9fff]{2,10})[×*ＸX]+([\u4e00-\u9fff%]{1,2})", ask.prompt)
    before, after = masked[voice.turn % len(masked)] if masked else ("取消报表", "张")
    if masked:
        voice.plant(before[-2:] + after + "，", before[-2:] + after + "。")
    return before + after


def other_masks(voice: Voice, ask: Ask) -> str:
    """Masks of every printed kind, and gaps told in words."""
    voice.plant("此处", "待补充", "具体数字")
    return _turn(
        voice,
        words(
            "XX街道带头 **同志作了交流 建成__个站点 〔地名〕率先推开 ○○社区先行 （此处填写数字）已完成 [地名]作了示范 完成×件 某某同志带头 走访＊＊户 [待补充] "
            "由×××同志负责 ×月×日启动 {具体数字}个 在×市试点"
        ),
    )


@lru_cache(maxsize=64)
def _sentences(sources: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(found.strip() for text in sources for found in re.findall(r"[^。！？\n]{16,}[。！？]", text))


def copied(voice: Voice, ask: Ask) -> str:
    """Two sentences of the sources that stand side by side, or what the prompt shows."""
    shown = re.findall(r"[^。！？：\n]{12,}[。！？]", ask.prompt)
    every = _sentences(voice.sources)
    at = voice.turn * 29 % (len(every) - 1)
    return shown[voice.turn % len(shown)] if shown and voice.turn % 3 == 0 else every[at] + every[at + 1]


def recited(voice: Voice, ask: Ask) -> str:
    """Two sentences side by side of a passage that no prompt showed: a model may have been trained on the office's own speeches."""
    every = _sentences(voice.unseen or voice.sources)
    at = voice.turn * 37 % (len(every) - 1)
    return every[at] + every[at + 1]


def copied_with_city(voice: Voice, ask: Ask) -> str:
    """A sentence of the sources, told of another city."""
    every = _sentences(voice.sources)
    said = every[voice.turn * 31 % len(every)]
    city = _stem(voice.turn)
    voice.plant(city)
    named = re.sub(r"(?:[×*]{1,3}|XX|全|我们?)市|[×*]{2}(?=[街社])", f"{city}市", said)
    return named if named != said else f"{city}市的做法是，{said}"
