"""The promises of DESIGN.md, checked anew: plain expressions, known lies, counted characters. Imports nothing of ours but the exhibit.

A check gives what is wrong, one line a break; [] where the promise is kept.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from evals.adversary.exhibit import Exhibit, Kept

_HEADING = 60  # characters of a title, an address or a heading at most
_NUMERALS = "一二三四五六七八九十"
_CN = "[一二三四五六七八九十百千万亿两零〇]"
_LIMIT = 30  # characters of a source in a run
_REPEATED = 14  # characters of the draft itself in a run
_MASKS = "×XxＸ*＊_〔〕○"
_FIGURE = re.compile(
    rf"(?<!×)(?:[十百千万亿]{_CN}*|{_CN}{{2,}}|[二三四五六七八九两](?=[个名户家](?:社区|街道|干部|企业|单位|小区|居民|党员|群众)))"
    r"[余多]?(?:个(?![人性体])|名|户|家(?!庭)|件|人(?!家|户|心|民)|元|万|亿|吨|亩|公里|平方米|小时|分钟|台|套|处|张|次|天|年|月|日|岁|%)"
)
_IDIOMS = re.compile(
    "千家万户|万家忧乐|万家灯火|千方百计|万众一心|百年|百姓|十分|一一|一户一|一件一件|千头万绪|一家一户|百分之百|三三两两"
)
_SHARE = re.compile(rf"百分之(?!百){_CN}+|{_CN}+分之{_CN}+|[一二三四五六七八九两]成(?=以上|左右|居民|群众|的)")
_SALUTATIONS = {
    "讲话": "同志们：",
    "动员讲话": "同志们：",
    "党课": "同志们：",
    "交流发言": "各位领导，同志们：",
    "汇报发言": "各位领导，同志们：",
    "表态发言": "各位领导，同志们：",
    "研讨发言": "各位领导，同志们：",
    "述职": "各位领导，同志们：",
    "致辞": "尊敬的各位领导、各位来宾，女士们、先生们、朋友们：",
}
_ENDS = {
    "交流发言": "批评指正",
    "汇报发言": "批评指正",
    "研讨发言": "批评指正",
    "表态发言": "监督",
    "述职": "请予评议",
    "致辞": "谢谢大家",
}
_CLOSERS = ("谢谢大家", "批评指正", "请予评议", "汇报完毕", "讲话完了", "讲话结束", "现在散会")
_GREETING = re.compile(
    "(?:同志们|各位领导|各位来宾|各位代表|女士们|先生们|朋友们|老师们|同学们)[^，。！？：\n]{0,4}[：:]|大家(?:上午|下午)?好[！!。]"
)
_PROMISED = re.compile(
    rf"(?!一(?:句话|项|个字))([{_NUMERALS}两\d]{{1,2}})(?:点(?:意见|要求|体会|建议|看法)|个方面|条意见|项(?:任务|工作|要求)(?=[：:。，])|句话|个字(?=[：:。，]))"
)
_ALPHABET = re.compile(r"[^\u3400-\u9fff\d，。！？；：、（）《》“”‘’—…·%\-\s" + re.escape(_MASKS) + "]")
_RESIDUE = re.compile(
    r"think|```|微信|公众号|扫码|网址|https?:|www\.|语言模型|人工智能(?:助手|语言)|以下是为|提示词|小标题|要点：|材料：|题目：|字左右|正文：|[A-Za-z]{2,}"
)
# What is wrong without a doubt (domain notes, C), and what is of its day and has to be reported.
_WRONG = re.compile(
    '坚定[“"]?四个意识|(?:做到|维护)[“"]?两个确立|习总书记|习近总书记|共建共享共治|健立健全|截止目前|开展开展|新发展观'
    "|德治、自治、法治|协调、创新、绿色"
)
_OLD = re.compile(
    "党的十九大精神|十九届四中全会|不忘初心、牢记使命|实施“十四五”规划|放管服|政治功能和组织力|社会治理格局|全面建成小康社会"
)
_PUBLIC = ("不忘初心、牢记使命", "基层强则国家强，基层安则天下安")  # quotations that speech/formulations.yaml lists
_CHAIN = "深刻领悟两个确立的决定性意义增强四个意识坚定四个自信做到两个维护"


def specifics(draft: Exhibit) -> list[str]:
    """1. Nothing stated that was not told: known lies, digits, figures in Chinese, 《》 and quotations; every fact as it was given, once."""
    rest = _untold(draft)
    wrong = [f"编造：{lie}" for lie in sorted(draft.planted) if lie and lie in rest]
    wrong += [f"数字：{found[0]}" for found in re.finditer(r".{0,6}[0-9０-９①-⑳㈠-㈩Ⅰ-Ⅻ].{0,6}", rest)]
    plain = _IDIOMS.sub("", rest)
    wrong += [f"中文数字：{found[0]}" for pattern in (_FIGURE, _SHARE) for found in pattern.finditer(plain)]
    wrong += [
        f"文件：{found[0]}" for found in re.finditer("[《〈][^》〉\n]*[》〉]", rest) if not re.fullmatch("《[×X*]+》", found[0])
    ]
    quoted = re.findall('[“「『"]([^”」』"\n]+)[”」』"]', rest)
    wrong += [f"引语：{words}" for words in quoted if len(words) >= 8 and "×" not in words and words not in _PUBLIC]
    for fact in (fact.rstrip("。；") for fact in draft.told.facts):
        if draft.text.count(fact) != 1:
            wrong.append(f"事实出现{draft.text.count(fact)}次：{fact}")
    return wrong


def structure(draft: Exhibit) -> list[str]:
    """2. Title, salutation, sections in sequence, closing; no number but the outline's; as many sections as are promised."""
    told, lines = draft.told, [line for line in draft.text.splitlines() if line.strip()]
    wrong = []
    if not lines or not lines[0].endswith(told.genre) or (told.title and lines[0] != told.title):
        wrong.append(f"标题：{lines[0][:30] if lines else ''}")
    salutation = _SALUTATIONS.get(told.genre)
    if salutation and salutation not in lines[1:4]:
        wrong.append("称呼缺失")
    greeted = [found[0] for line in lines for found in _GREETING.finditer(line) if line != salutation]
    wrong += [f"又称呼：{greeting}" for greeting in greeted]
    wrong += _sequence_faults(lines, told.genre)
    end = _ENDS.get(told.genre, "")
    if end and end not in lines[-1]:
        wrong.append("结尾缺失")
    wrong += [f"提前结束：{closer}" for line in lines[:-1] for closer in _CLOSERS if closer in line]
    if any(not re.search("[。！？：][”’）》]*$", line) for line in lines[1:] if not re.match(rf"[{_NUMERALS}]+、|（.*）$", line)):
        wrong.append("段落没有写完")
    if lines and lines[0] in lines[1:]:
        wrong.append("标题重复")
    return wrong


def _sequence_faults(lines: Sequence[str], genre: str) -> list[str]:
    first, second, wrong = 0, 0, []
    for line in lines:
        if found := re.match(rf"([{_NUMERALS}]+)、", line):
            first, second = first + 1, 0
            if _worth(found[1]) != first:
                wrong.append(f"序号：{line[:12]}")
        elif found := re.match(rf"（([{_NUMERALS}]+)）", line):
            second += 1
            if _worth(found[1]) != second or not first:
                wrong.append(f"序号：{line[:12]}")
        elif re.match(r"\s*(?:\d+[.、)．]|[（(]\d+[)）]|第[一二三四五六七八九十]+[、，]|[①-⑳Ⅰ-Ⅻ])", line):
            wrong.append(f"编号：{line[:12]}")
        inner = re.search(rf"[。！？；][ 　]*(?:[{_NUMERALS}]+、|（[{_NUMERALS}]+）|[(（]?\d+[.、)）])", line)
        wrong += [f"段内序号：{inner[0]}"] if inner else []
        wrong += _counting_faults(line)
    if (first == 0) != (genre == "致辞") or first == 1:
        wrong.append(f"一级标题{first}个")
    promised = [found for line in lines for found in _PROMISED.findall(line)]
    if [_worth(one) for one in promised] != ([first] if first else []):
        wrong.append(f"预告{'、'.join(promised) or '无'}，实有{first}个部分")
    return wrong


def _counting_faults(line: str) -> list[str]:
    """一是…二是… from one on, without a gap; 第一，第二， too."""
    wrong = []
    for mark in (
        "([一二三四五六七八九])是",
        "([一二三四五六七八九])要(?![求的点素件])",
        "第([一二三四五六七八九十])[，、]",
        "其([一二三四五六七])，",
    ):
        counted = [_worth(found) for found in re.findall(f"(?:^|[。；！？，：]){mark}", line)]
        if counted and (counted != list(range(1, len(counted) + 1)) or len(counted) == 1):
            wrong.append(f"枚举：{mark[-1]}{counted}")
    return wrong


def placeholders(draft: Exhibit) -> list[str]:
    """3. Every mask stands in the fill-in sheet, each once; filled it is gone; Markdown and Word show as many."""
    listed = Counter(at for row in draft.sheet for start, end in row.spans for at in range(start, end))
    wrong = [f"重复登记：{draft.text[max(0, at - 6) : at + 6]}" for at, times in listed.items() if times > 1]
    told = [(found.start(), found.end()) for word in draft.told.words() for found in re.finditer(re.escape(word), draft.text)]
    for at, sign in enumerate(draft.text):
        if sign in _MASKS and at not in listed and (sign == "×" or not any(start <= at < end for start, end in told)):
            wrong.append(f"没有登记：{draft.text[max(0, at - 8) : at + 8]!r}")
    for row in draft.sheet:
        if not row.spans or any(set(draft.text[start:end]) - set(row.mask) for start, end in row.spans):
            wrong.append(f"位置不符：{row.mask}")
    if "×" in draft.filled:
        wrong.append(f"填不掉：{draft.filled[max(0, draft.filled.index('×') - 8) :][:16]}")
    for form, shown in (("Markdown", draft.markdown), ("Word", draft.word)):
        if shown and shown.count("×") != draft.text.count("×"):
            wrong.append(f"{form} 中有 {shown.count('×')} 个 ×，正文 {draft.text.count('×')} 个")
    return wrong


def copying(draft: Exhibit) -> list[str]:
    """4. No run of more than thirty characters stands in a source or in a worked example too."""
    sources = _runs(tuple(kept.text for kept in draft.corpus.values()) + tuple(draft.examples))
    wrong = []
    for paragraph in draft.paragraphs:
        text = paragraph.text
        for word in draft.told.words():
            text = text.replace(word, "\n")
        for piece in text.split("\n"):
            plain = _hanzi(piece)
            at = next((at for at in range(len(plain) - _LIMIT) if plain[at : at + _LIMIT + 1] in sources), None)
            if at is not None:
                wrong.append(f"照抄：{plain[at : at + _LIMIT + 1]}")
    return wrong


def formulations(draft: Exhibit) -> list[str]:
    """5. What is wrong without doubt is put right; what is of another day is reported."""
    text = draft.text
    for word in draft.told.words():
        text = text.replace(word, "\n" * len(word))
    wrong = [f"提法：{found[0]}" for found in _WRONG.finditer(text)]
    for found in _OLD.finditer(text):
        if not any(start < found.end() and found.start() < end for start, end in draft.reported):
            wrong.append(f"没有指出：{found[0]}")
    return wrong


def length(draft: Exhibit) -> list[str]:
    """6. Within a tenth of what was asked, and spread over the sections as planned: within a factor of two, or 120 characters."""
    asked, count = draft.told.length, _size(draft.text)
    wrong = [f"要{asked}字，有{count}字"] if asked and abs(count - asked) > 0.1 * asked else []
    for path, planned in draft.planned.items():
        written = sum(_size(paragraph.text) for paragraph in draft.paragraphs if paragraph.path.startswith(path))
        if not planned / 2 <= written <= planned * 2 and abs(written - planned) > 120:
            wrong.append(f"第{path}部分计划{planned}字，有{written}字")
    return wrong


def sources(draft: Exhibit) -> list[str]:
    """7. Every paragraph of a section names passages that are in the corpus, under their document; together the paragraphs are the text."""
    wrong = []
    for paragraph in draft.paragraphs:
        if paragraph.text not in draft.text:
            wrong.append(f"段落不在正文里：{paragraph.text[:16]}")
        if not paragraph.sources and paragraph.path[:1] in _NUMERALS:
            wrong.append(f"没有来源：{paragraph.path}")
        for passage, document in paragraph.sources:
            if passage not in draft.corpus or draft.corpus[passage].document != document:
                wrong.append(f"来源不存在：{passage}")
    rest = draft.text
    for paragraph in draft.paragraphs:
        rest = rest.replace(paragraph.text, "", 1)
    wrong += [f"不在段落里：{line[:16]}" for line in rest.split("\n") if _size(line) > _HEADING]
    return wrong


def resumption(draft: Exhibit) -> list[str]:
    """8. A run that was cut off paid for nothing twice."""
    return [f"重付：{request}" for request in draft.repaid]


def own_words(draft: Exhibit) -> list[str]:
    """9. The text is the model's, no canned one: the model said its four-character runs, the genre's forms and leads apart."""
    said = {run for text in draft.said for run in _grams(_hanzi(text), 4)}
    text = "".join(paragraph.text for paragraph in draft.paragraphs)
    for word in draft.told.words():
        text = text.replace(word, "")
    own = _grams(_hanzi(text), 4)
    share = sum(gram in said for gram in own) / max(1, len(own))
    return [f"模型的话只占 {share:.0%}"] if share < 0.4 else []


def clean(draft: Exhibit) -> list[str]:
    """And nothing that is no speech: signs, English, thoughts, adverts, a model's talk; no sentence said twice."""
    rest = _untold(draft)
    wrong = [f"符号：{found[0]!r}" for found in _ALPHABET.finditer(rest)]
    wrong += [f"残留：{found[0]}" for found in _RESIDUE.finditer(rest)]
    wrong += [f"括号不成对：{a}{b}" for a, b in ("“”", "（）", "《》") if draft.text.count(a) != draft.text.count(b)]
    wrong += [
        f"断句：{found[0]}" for found in re.finditer("[。！？，；、：]{2,}|(?:[是把与]|[，。、]要)(?=[。！？])", draft.text)
    ]
    body = _hanzi(re.sub("|".join(map(re.escape, draft.told.words())), "", "".join(p.text for p in draft.paragraphs)))
    twice = [run for run, times in Counter(_grams(body, _REPEATED)).items() if times > 1]
    return wrong + [f"重复：{run}" for run in twice[:1]]


PROMISES: dict[str, Callable[[Exhibit], list[str]]] = {
    "specifics": specifics,
    "structure": structure,
    "placeholders": placeholders,
    "copying": copying,
    "formulations": formulations,
    "length": length,
    "sources": sources,
    "resumption": resumption,
    "own words": own_words,
    "clean": clean,
}


def broken(draft: Exhibit) -> dict[str, list[str]]:
    """Every promise that `draft` breaks, and how."""
    return {name: wrong for name, check in PROMISES.items() if (wrong := check(draft))}


def _untold(draft: Exhibit) -> str:
    text = draft.text
    for word in draft.told.words():
        text = text.replace(word, "")
    return text


def _worth(numeral: str) -> int:
    if numeral.isdecimal():
        return int(numeral)
    if numeral == "两":
        return 2
    tens, ten, ones = numeral.rpartition("十")
    return (10 * (_NUMERALS.find(tens) + 1 if tens else 1) if ten else 0) + (_NUMERALS.find(ones) + 1 if ones else 0)


def _size(text: str) -> int:
    return len(re.sub(r"\s", "", text))


def _hanzi(text: str) -> str:
    """The Chinese characters alone, with the one long public formulation taken out."""
    return "".join(re.findall(r"[\u4e00-\u9fff]", text)).replace(_CHAIN, "")


def _grams(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(len(text) - size + 1)]


@lru_cache(maxsize=8)
def _runs(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(run for text in texts for run in _grams(_hanzi(text), _LIMIT + 1))


def corpus_of(passages: Sequence[tuple[str, str, str, str]]) -> dict[str, Kept]:
    """(id, document, heading, text) of every passage, as an exhibit holds them."""
    return {identity: Kept(document, f"{heading}。{text}") for identity, document, heading, text in passages}
