"""The misbehaviours of what is said: what each makes of an honest text."""

import json
import re
from collections.abc import Callable

from evals.adversary import lies
from evals.adversary.server import Misbehaviour
from evals.adversary.voice import Ask, Voice

Speak = Callable[[Voice, Ask], str]

_ADVERTS = (
    "更多范文请加微信：wx8888", "网址 www.fanwen123.com", "酷乐文行整理，会员QQ群：12345678", "扫码关注公众号免费领取全文", "咨询热线13800138000",
    "本文来源于公文库，转载请注明出处", "（试读结束，查阅全文请充值会员）", "点击下载完整版", "仅供学习，禁止外传",
)  # fmt: skip
_ADVERT_SIGNS = (
    "微信",
    "公众号",
    "QQ",
    "酷乐",
    "扫码",
    "13800138000",
    "fanwen",
    "公文库",
    "试读",
    "充值",
    "点击下载",
    "禁止外传",
)
_TALK = (
    "好的，以下是为您起草的讲话稿：", "作为一个人工智能语言模型，我无法提供。", "希望以上内容对您有所帮助！", "根据您的要求，我撰写了这段文字。", "（全文共计1200字）",
    "如需修改请随时告诉我。", "注：以上内容仅供参考，请根据实际情况调整。", "当然可以，下面是正文。", "这段话紧扣小标题，句式对仗。",
)  # fmt: skip
_TALK_SIGNS = (
    "以下是",
    "语言模型",
    "人工智能",
    "对您",
    "您的要求",
    "随时告诉",
    "仅供参考",
    "下面是正文",
    "紧扣小标题",
    "全文共计",
)
_PROMISES = (
    "下面，我再讲四点意见", "我提五点要求", "具体要做好以下几个方面的工作", "这里强调六个方面", "就此我谈两点体会", "重点抓好七项任务", "归纳起来是八句话",
    "概括为九个字", "接下来从五个方面部署",
)  # fmt: skip
_WRONG = (
    "坚定“四个意识”", "增强“四个自信”", "做到“两个确立”", "维护“两个确立”", "学习习总书记重要讲话精神", "构建共建共享共治的治理格局",
    "做到“两个维护”，增强“四个意识”", "建立健立健全的机制", "截止目前各项工作有序推进", "坚持德治、自治、法治相结合", "贯彻协调、创新、绿色、开放、共享的新发展理念",
    "完整准确全面贯彻新发展观", "开展开展专项行动",
)  # fmt: skip
_OLD = (
    "深入学习贯彻党的十九大精神", "落实党的十九届四中全会精神", "扎实开展“不忘初心、牢记使命”主题教育", "深入实施“十四五”规划", "深化放管服改革",
    "增强基层党组织的政治功能和组织力", "打造共建共治共享的社会治理格局", "决胜全面建成小康社会",
)  # fmt: skip
_ENGLISH = (
    "Community governance is the key to a better future.", "Sure! Here is the text.", "We must strengthen the leadership team.", "As an AI language model, I can help.",
    "In conclusion, every department should act.",
)  # fmt: skip
_DRESS: tuple[Callable[[str], str], ...] = (
    lambda s: f"## 小标题\n{s}",
    lambda s: f"**{s[:-1]}**。",
    lambda s: f"- {s}\n",
    lambda s: f"> {s}\n",
    lambda s: f"```markdown\n{s}\n```\n",
    lambda s: f"| 事项 | 要求 |\n|---|---|\n| 一 | {s[:-1]} |\n{s}",
    lambda s: f"[{s[:6]}](http://example.com){s[6:]}",
    lambda s: f"***\n{s}",
    lambda s: f"1. {s}\n",
    lambda s: f"{s[:8]}~~{s[8:12]}~~{s[12:]}",
)
_HTML: tuple[Callable[[str], str], ...] = (
    lambda s: f"<p>{s}</p>",
    lambda s: f"{s}<br/>",
    lambda s: f"&nbsp;&nbsp;{s}",
    lambda s: f"<b>{s[:6]}</b>{s[6:]}",
    lambda s: f"<!-- {s} -->{s}",
    lambda s: f"$\\text{{{s}}}$",
)
_NUMBERS: tuple[Callable[[str], str], ...] = (
    lambda s: f"1.1 {s}\n",
    lambda s: f"一、{s}\n",
    lambda s: f"（三）{s}",
    lambda s: f"{s}二、",
    lambda s: f"第一，{s}第三，",
    lambda s: f"①{s}②",
    lambda s: f"1、{s}3、",
    lambda s: f"2.3.1 {s}",
    lambda s: f"(2){s}",
    lambda s: f"Ⅱ. {s}",
)
_COUNTS = (
    "一是{0}三是{1}",
    "首先，{0}再次，{1}",
    "一要{0}四要{1}",
    "二是{0}五是{1}",
    "一方面，{0}第三方面，{1}",
    "其一，{0}其四，{1}",
)
_SALUTED = ("同志们：", "尊敬的各位领导：", "各位代表：", "大家好！", "女士们、先生们：", "老师们、同学们：")
_DONE = ("我的讲话完了，谢谢大家！", "谢谢大家！", "以上汇报，不妥之处请批评指正。", "现在散会。", "汇报完毕。", "讲话结束。")
_SYMBOLS = ("😀", "★", "●", "→", "☆☆☆", "✅", "▶", "№", "§", "♥", "【重点】", "◆")
_UNSEEN = ("\u200b", "\ufeff", "\u202e", "\x07", "\ue000", "\u00ad", "\ufffd", "\u2028", "\u3164", "\U000e0041")


def woven(lie: lies.Lie) -> Speak:
    """Honest sentences with lies before, after and inside every other one."""

    def speak(voice: Voice, ask: Ask) -> str:
        text = ""
        while not text or len(text) < min(ask.room, 3000) - 14:
            honest, said = voice.sentence(), ""
            if voice.turn % 2:
                said = lie(voice, ask)
                said = said if said.endswith(tuple("。！？")) else f"{said}。"
            text += (honest, said + honest, honest[:-1] + "，" + said if said else honest, honest + said)[voice.turn % 4]
        return text

    return speak


def taken(*every: str, signs: tuple[str, ...] = ()) -> lies.Lie:
    """One of `every` after another; `signs` of them no draft may carry."""

    def lie(voice: Voice, ask: Ask) -> str:
        voice.plant(*signs)
        return every[voice.turn // 2 % len(every)]

    return lie


def dressed(*dresses: Callable[[str], str]) -> Speak:
    """Every third sentence in a dress of its own."""

    def speak(voice: Voice, ask: Ask) -> str:
        text = ""
        while not text or len(text) < min(ask.room, 3000) - 14:
            honest = voice.sentence()
            text += dresses[voice.turn // 3 % len(dresses)](honest) if voice.turn % 3 == 0 else honest
        return text

    return speak


def always(text: str, *signs: str) -> Speak:
    def speak(voice: Voice, ask: Ask) -> str:
        voice.plant(*signs)
        return text

    return speak


def thinking(voice: Voice, ask: Ask) -> str:
    voice.plant("先想一想", "用户要", "think")
    thought = f"先想一想，用户要写{ask.room}字，{voice.sentence()}"
    form = (
        "<think>{0}</think>{1}",
        "{0}</think>{1}",
        "{1}<think>{0}",
        "<thinking>{0}</thinking>{1}",
        "<|think|>{0}<|/think|>{1}",
    )
    return form[voice.turn % 5].format(thought, voice.text(ask.room))


def as_json(voice: Voice, ask: Ask) -> str:
    whole = json.dumps({"text": voice.text(ask.room), "标题": "正文"}, ensure_ascii=False)
    return (whole, whole[: len(whole) // 2], voice.text(ask.room) + '{"points": [')[voice.turn % 3]


def scaled(rate: float) -> Speak:
    def speak(voice: Voice, ask: Ask) -> str:
        text = voice.text(round(ask.room * rate))[:20_000]
        return text if rate > 1 else f"{'，'.join(text.split('，')[:2])}。"  # a sentence of two clauses

    return speak


def looping(voice: Voice, ask: Ask) -> str:
    honest = voice.sentence()
    return (
        honest * 3,
        honest + "让居民的心更暖，让居民的家更美，让居民的路更宽，" * 4 + "让居民的灯更亮。",
        honest + "要抓落实、抓落实、再抓落实。",
    )[voice.turn % 3]


def counted(voice: Voice, ask: Ask) -> str:
    said = _COUNTS[voice.turn % len(_COUNTS)].format(voice.sentence(), voice.sentence())
    return said + voice.text(max(0, ask.room - len(said)))


def echoing(voice: Voice, ask: Ask) -> str:
    """What was asked, handed back, and then some text."""
    voice.plant("你为", "没有告诉你", "字左右", "材料：", "题目：")
    said = [str(message.get("content", "")) for message in ask.messages if message.get("role") != "assistant"]
    return said[voice.turn % len(said)] + "\n" * (voice.turn % 2) + voice.text(ask.room)


def example_back(voice: Voice, ask: Ask) -> str:
    """A worked example of the prompt as its own answer."""
    given = [str(m["content"]) for m in ask.messages[:-1] if m.get("role") == "assistant" and "{" not in str(m["content"])]
    return (given[voice.turn % len(given)] if given else "") + voice.sentence()


def unended(voice: Voice, ask: Ask) -> str:
    return voice.text(ask.room) + "各级各部门要切实把思想和行动统一到"


def without_marks(voice: Voice, ask: Ask) -> str:
    """Half-width marks and blanks."""
    text = voice.text(ask.room)
    return text.translate(str.maketrans("，。", ",.")) if voice.turn % 2 else " ".join(text.replace("，", " , "))


def strewn(*signs: str) -> Speak:
    """Signs that no speech has, anywhere in the text."""

    def speak(voice: Voice, ask: Ask) -> str:
        return "".join(
            sentence[:5] + signs[(voice.turn + n) % len(signs)] * (n % 2) + sentence[5:]
            for n, sentence in enumerate(re.findall("[^。]+。", voice.text(ask.room)))
        )

    return speak


def in_json(change: Callable[[str, int], str]) -> Callable[[Voice, Ask], str]:
    """Every string of an honest JSON answer changed."""

    def fill(voice: Voice, ask: Ask) -> str:
        turn = voice.listed
        found = json.loads(voice.fields(ask.schema or {}, ask.prompt))
        changed = {
            key: [change(item, turn + n) for n, item in enumerate(value)] if isinstance(value, list) else change(str(value), turn)
            for key, value in found.items()
        }
        return json.dumps(changed, ensure_ascii=False)

    return fill


def _false(text: str, turn: int) -> str:
    false = ("学习张建国事迹", "落实《云溪条例》", "建成网格1200个", "打造“河洛先锋”", "推广云溪市做法")[turn % 5]
    return false if turn % 2 else f"{text[:8]}{false}"


def planting(fill: Callable[[Voice, Ask], str], *signs: str) -> Callable[[Voice, Ask], str]:
    def planted(voice: Voice, ask: Ask) -> str:
        voice.plant(*signs)
        return fill(voice, ask)

    return planted


def half(voice: Voice, ask: Ask) -> str:
    whole = voice.fields(ask.schema or {}, ask.prompt)
    return whole[: max(1, len(whole) * (voice.listed % 3 + 1) // 4)] if voice.listed % 4 else whole


def wrong_shape(voice: Voice, ask: Ask) -> str:
    whole = json.loads(voice.fields(ask.schema or {}, ask.prompt))
    forms = (
        [whole],
        {"answer": whole},
        {key: {"text": value} for key, value in whole.items()},
        {key: 7 for key in whole},
        None,
        {key: "、".join(value) if isinstance(value, list) else [value] for key, value in whole.items()},
        whole,
    )
    return json.dumps(forms[voice.listed % len(forms)], ensure_ascii=False)


def fenced(voice: Voice, ask: Ask) -> str:
    whole = voice.fields(ask.schema or {}, ask.prompt)
    return (f"```json\n{whole}\n```", f"好的，如下：{whole}", f"<think>想一想{{}}</think>{whole}", whole)[voice.listed % 4]


WAYS: tuple[Misbehaviour, ...] = (
    Misbehaviour("honest"),
    Misbehaviour("invents-figures", woven(lies.figure)),
    Misbehaviour("invents-chinese-figures", woven(lies.chinese_figure)),
    Misbehaviour("invents-dates", woven(lies.day)),
    Misbehaviour("invents-names", woven(lies.person)),
    Misbehaviour("invents-places", woven(lies.place)),
    Misbehaviour("invents-organisations", woven(lies.body)),
    Misbehaviour("invents-quotations", woven(lies.quotation)),
    Misbehaviour("invents-documents", woven(lies.paper)),
    Misbehaviour("invents-programmes", woven(lies.programme)),
    Misbehaviour("changes-facts", woven(lies.changed_fact)),
    Misbehaviour("repeats-facts", woven(lies.fact_again)),
    Misbehaviour("copies-sources", woven(lies.copied)),
    Misbehaviour("recites-the-unseen", woven(lies.recited)),
    Misbehaviour("copies-with-another-city", woven(lies.copied_with_city)),
    Misbehaviour("hands-back-examples", example_back),
    Misbehaviour("drops-placeholders", woven(lies.mask_dropped)),
    Misbehaviour("unmasks", woven(lies.unmasked)),
    Misbehaviour("masks-of-its-own", woven(lies.other_masks)),
    Misbehaviour("markdown", dressed(*_DRESS)),
    Misbehaviour("html", dressed(*_HTML)),
    Misbehaviour("numbers-by-itself", dressed(*_NUMBERS)),
    Misbehaviour("counts-wrong", counted),
    Misbehaviour("promises-other-counts", woven(taken(*_PROMISES))),
    Misbehaviour(
        "english-between", woven(taken(*_ENGLISH, signs=("Community", "Sure", "language model", "leadership", "conclusion")))
    ),
    Misbehaviour("english-only", always("I cannot help with that request. Please try again later.", "cannot"), hopeless=True),
    Misbehaviour("thinks-aloud", thinking),
    Misbehaviour("json-for-text", as_json),
    Misbehaviour("adverts", woven(taken(*_ADVERTS, signs=_ADVERT_SIGNS))),
    Misbehaviour("talks-of-itself", woven(taken(*_TALK, signs=_TALK_SIGNS))),
    Misbehaviour("echoes-the-prompt", echoing),
    Misbehaviour("repeats-itself", always("要切实加强组织领导，确保各项工作落到实处。"), hopeless=True),
    Misbehaviour("loops", looping),
    Misbehaviour("a-tenth-of-the-length", scaled(0.1)),
    Misbehaviour("ten-times-the-length", scaled(10)),
    Misbehaviour("never-ends-a-sentence", unended),
    Misbehaviour("half-width-marks", without_marks),
    Misbehaviour("symbols", strewn(*_SYMBOLS)),
    Misbehaviour("unseen-signs", strewn(*_UNSEEN)),
    Misbehaviour("wrong-formulations", woven(taken(*_WRONG))),
    Misbehaviour("outdated-formulations", woven(taken(*_OLD))),
    Misbehaviour("salutes-again", woven(taken(*_SALUTED))),
    Misbehaviour("closes-early", woven(taken(*_DONE))),
    Misbehaviour("empty-answers", always(""), hopeless=True),
    Misbehaviour("blank-answers", always(" \n\n　\t"), hopeless=True),
    Misbehaviour("marks-only", always("。。。！！……——，、"), hopeless=True),
    Misbehaviour("lies-in-the-outline", fill=planting(in_json(_false), "张建国", "云溪", "1200", "河洛")),
    Misbehaviour("outline-of-one-word", fill=in_json(lambda text, turn: "抓好工作落实")),
    Misbehaviour("json-cut-in-half", fill=half),
    Misbehaviour("json-of-a-wrong-shape", fill=wrong_shape),
    Misbehaviour("json-in-a-fence", fill=fenced),
)
