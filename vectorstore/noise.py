"""What gives a line of scraped noise away: features of its words and shape, never a list of known lines.

A feature alone proves little, since 免费, 会员 and 平台 are words of speeches too. So each test asks how much of the line
the feature takes up, how long the line is, and whether it looks like body text (`is_body`).
"""

import re
from enum import StrEnum

from speech import numbering


class Reason(StrEnum):
    """Why a line is noise."""

    WATERMARK = "watermark"
    ADVERT = "advert"
    CONTACT = "contact"
    SOURCE_URL = "source-url"
    PAYWALL = "paywall"
    DISCLAIMER = "disclaimer"
    PAGE_FURNITURE = "page-furniture"


SHORT = 60
_LONGEST_CLAUSE = 80

_FINAL = re.compile(r"(?:[。！？!?；;：:…][”’]?|[。！？!?][”’]?[）)]|[）)][。！？])$")
_ENDED = re.compile(r"[。！？!?][”’）)]?$")
_CJK = re.compile(r"[\u4e00-\u9fff]")

_SALUTATION = re.compile(
    r"(?:同志|代表|委员|领导|各位|来宾|朋友|女士|先生|老师|同学|乡亲|大家|书记|部长|[省市县区]长|主席|主任)[^。；]{0,50}[：:！!]$"
)
_TITLE = re.compile(
    r"(?:讲话|发言|致[辞词]|贺[辞词]|开幕[辞词]|闭幕[辞词]|报告|述职|党课|总结|主持[辞词]|讲稿|体会|演讲|汇报|宣讲|(?:交流|汇报|经验)材料)"
    r"(?:稿|材料|提纲|摘要)?(?:[（(][^（()）]{1,12}[）)]|[》”])?$"
)
_SPACED = re.compile(r"\S(?:\s+\S)+")
_MASK = r"×xX\*○〇某"
_DATE = re.compile(
    rf"[（(]?[\d{_MASK}一二三四五六七八九十〇○零]{{1,4}}\s*[年./-]\s*[\d{_MASK}一二三四五六七八九十]{{1,3}}\s*[月./-]?[\d{_MASK}一二三四五六七八九十]{{0,3}}\s*日?[）)]?"
)
_BYLINE = re.compile(
    rf"[（(].{{1,40}}[）)]|——.{{1,40}}|[{_MASK}]{{1,4}}|[\u4e00-\u9fff]{{2,4}}|[\u4e00-\u9fff]\s+[\u4e00-\u9fff]"
    rf"|.{{0,30}}(?:书记|[部省市县区州镇乡局厅校院处科所组]长|主席|主任|委员|常委|董事长|经理|秘书长)[\s]*[\u4e00-\u9fff{_MASK}\s]{{0,5}}"
    rf"|.{{2,24}}(?:委员会|[委局部厅院校]|办公室|政府|支部|党组|公司|中心)"
)
_CLOSING = re.compile(r"谢谢|感谢|汇报完毕|发言完毕|完毕|散会|批评指正")

# A number of five digits or more, a telephone number, a handle, or any of them masked; not a count of things.
_ID = r"[:：是为号]?\s*+(?:\d{5,12}(?![\d万亿元个余多名人条户家次件%．.])|1[3-9]\d[\d-]{8,10}|\d{2,8}[×xX*＊]{2,}|[A-Za-z][A-Za-z0-9_-]{4,20}|[×xX*＊]{2,}(?![个余多名人条户家次件]))"
_PERSONAL = r"(?:[QqＱ]\s*+[QqＱ]\s*+(?:群|号)?|扣扣|企鹅号?|微\s*+信\s*+[号群]?|[薇威]\s*+信|(?<![A-Za-z])(?:[Vv][Xx信]|[Ww][Xx]|[Ww]e[Cc]hat|[Ww]ei[Xx]in)号?|加\s*+[微薇vV]|\+\s*+[vV])"
_HANDLE = re.compile(rf"{_PERSONAL}\s*+{_ID}")
_MASKED_COUNT = re.compile(rf"{_PERSONAL}\s*+[×xX*＊]{{2,}}")
_ASKING = re.compile(r"咨询|加|联系|添加|详询|搜索|[:：]")
_EMPTY_HANDLE = re.compile(
    r"(?:QQ|[Qq]{2}|微信|会员|读者|粉丝|交流)\s*(?:群|号)?\s*[:：]\s*$|(?:公众号|订阅号|视频号)\s*[:：]\s*\S{2,20}$|👉|👈|联系(?:老师|客服|我们|站长|作者)"
)
_OFFICE_PHONE = re.compile(r"(?:电话|手机|热线|传真|邮箱|客服|E-?mail)\s*[:：]?\s*(?:[\d×*-]{7,}|\S+@\S+)", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![a-zA-Z0-9_.+-])[a-zA-Z0-9_.+-]+@[\w-]+\.[A-Za-z.]{2,}")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+"
    r"|(?<![a-z0-9_@.-])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|top|cc|vip|info|xyz|site|club|gov|edu)(?![a-z])(?:/[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*)?",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"^[（(【\[]?(?:(?:文章|稿件|信息|内容|资料|图片|本文)?(?:来源|出处|链接|网址|转自|摘自|转载自)[:：]|.{0,12}转载.{0,8}(?:注明|出处|来源)|原文链接|本文(?:链接|地址|网址))"
)

_PREVIEW = re.compile(
    r"试读|试看|预览|全文|全部内容|图文内容|完整[版内]|剩余|还剩|余下|隐藏内容|后续内容|未读|此处.{0,4}隐藏|本?文档|未完待续|精彩内容"
)
_UNLOCK = re.compile(
    r"结束|到此|查看|查阅|阅读|下载|获取|登[录陆]|注册|开通|付费|购买|解锁|充值|VIP|会员|展开|点击|继续|隐藏|未读|待续|预览|已省略",
    re.IGNORECASE,
)
_OWNED = re.compile(
    r"(?:仅供|只供|专供).{0,8}(?:学习|参考|内部|交流|使用|个人|会员|阅览)|(?:禁止|严禁|请勿|不得|谢绝).{0,4}(?:外传|传播|转载|转发|商用|复制|倒卖|外泄|翻印)|版权所有|翻印必究|侵权必究|内部资料"
)
_CREDIT = re.compile(r"^[【（(\[]?(\S{2,10}?)(?:独家)?(?:整理|出品|首发|原创|独家|编写|提供|制作)(?:[，,、\s】）)\]]|$)")
_META = re.compile(
    r"本[站网文]|本(?:公众)?号|本(?:资料|文档|平台|内容)|作者|网友|互联网用户|用户(?:上传|自发|贡献)|版权方|原作者|站长"
)
_LEGAL = re.compile(
    r"侵权|侵犯|版权|著作权|转载|存储空间|不承担|法律责任|违法违规|删除|不代表|仅代表|投稿|属实|举报|立场|免责|如有(?:问题|异议|不妥)"
)

_FURNITURE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[—–\-_·\s]*(?:第\s*)?\d{1,3}\s*页?(?:\s*[/／,，]?\s*共?\s*\d{0,4}\s*页?)?[—–\-_·\s]*",
        r"[-=_—~·.。…#+◆■●☆★▲\s]{5,}|[*＊\s]{5,}",
        r".{1,40}(?:\.{4,}|…{2,}|·{4,})\s*\d{1,3}",
        r"(?:标签\s*[:：]?)?\s*(?:[#＃][^#＃\s]{1,15}[#＃]?\s*)+",
        r"[【\[（(]?(?:字体|字号)[:：].{0,20}",
        r"(?:打印|关闭|收藏|分享到?|点赞|在看|返回|首页|顶部|正文|目录|本页|窗口|复制|预览|朗读|纠错|投诉|关注|【|】|\[|\]|[|｜>»:：\s])+",
        r"(?:当前位置|您的位置|所在位置)[:：].{0,80}|首页\s*[>»›].{0,80}",
        r"(?:上一[篇页条章]|下一[篇页条章]|相关(?:阅读|推荐|文章|链接)|热门(?:文章|推荐)|猜你喜欢|返回(?:顶部|列表|首页)|网站地图|分享到|责任编辑|责编|编辑|审核|校对|点击(?:量|数|率)|浏览(?:量|数|次数)?|阅读(?:量|数|次数)?|发布(?:时间|日期|人)|更新(?:时间|日期))\s*(?:[:：\s].{0,60}|\d{1,7}\s*次?)?",
        r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\s*.{0,20}(?:浏览|阅读|点击|来源|次|字体|打印|评论).{0,30}",
        r"(?:扫一扫|扫码|长按|手机).{0,6}(?:打开|查看|分享|阅读|浏览|识别).{0,12}",
        r".{0,30}(?:ICP[备证]|公网安备).{0,40}",
    )
)

# Words of selling, by kind. `_SELLING` are those that a speech hardly has a use for.
_SELLING = re.compile(
    r"订阅|VIP|包年|年卡|立享|立减|特价|限时|扫码(?:关注|领|加|入群|添)|二维码|[入加进]群|私信|淘宝|店铺|网盘|代写|公众号|小程序|[¥￥]\s*\d|\d元/|知识星球|下单|客服|秒杀",
    re.IGNORECASE,
)
_SITE = re.compile(r"(?:文[行库秘网]|写作|公文|范文|材料网|资料网|秘书网|论坛)网?$|订阅号|公众号|网站|小编|站长")
_SELLING_KINDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"会员|VIP|订阅|权益|年卡|包年|用户",
        r"优惠|特价|限时|立享|立减|红包|低至|原价|[¥￥]|\d折|\d元|付费|充值|购买",
        r"免费|赠送|领取|福利|奖励",
        r"倒卖|盗版|举报",
        r"资料|材料|范文|素材|模板|文库|题库|课件|代写|写作|文档|下载|公文",
        r"扫码|扫描|二维码|点击|关注|[入加进]群|私信|后台|转发|搜索|店铺|公众号|小程序|网盘",
        r"平台|实时|分享|更新|迭代|不断",
    )
)


def is_body(line: str) -> bool:
    """Does the line look like a speech's own: numbered, a salutation, a title, or a long sentence brought to its end?"""
    return is_head(line) or numbering.read(line) is not None or is_prose(line)


def is_head(line: str) -> bool:
    """A title or a salutation."""
    return len(line) <= SHORT and (is_salutation(line) or is_title(line)) and not _SELLING.search(line)


def is_salutation(line: str) -> bool:
    """A line that addresses those who listen, to its colon or mark."""
    return bool(_SALUTATION.search(line))


def is_title(line: str) -> bool:
    """A line that ends in the name of a kind of speech; 政 府 工 作 报 告 is one too."""
    close = "".join(line.split()) if _SPACED.fullmatch(line) else line
    return 6 <= len(close) <= SHORT and bool(_TITLE.search(close)) and not re.search("[。；，,>»›|｜]", close)


def is_prose(line: str) -> bool:
    """A long line of Chinese with punctuation inside, or a shorter one that ends in a final mark."""
    if len(_CJK.findall(line)) < len(line) * 0.5:
        return False
    return len(line) >= 80 or (len(line) >= 30 and bool(_FINAL.search(line)) and bool(re.search("[，、；。,;]", line)))


def ends_sentence(line: str) -> bool:
    """A sentence of some length is brought to its end, and nothing is sold in it: in wrapped text, the end of a paragraph."""
    return len(line) >= (4 if "。" in line else 8) and bool(_ENDED.search(line)) and selling_kinds(line) < 2


def is_page_number(line: str) -> bool:
    """— 3 —, 第3页: noise that stands in the midst of the text."""
    return bool(_FURNITURE[0].fullmatch(line))


def is_date(line: str) -> bool:
    """A date alone, brackets or not."""
    return bool(_DATE.fullmatch(line))


def is_byline(line: str) -> bool:
    """What stands under a title or at the end without a full stop: speaker, date, organisation, thanks."""
    return bool(_DATE.fullmatch(line) or _BYLINE.fullmatch(line)) or (len(line) <= 30 and bool(_CLOSING.search(line)))


def is_paywall(line: str) -> bool:
    """A notice that the text goes on elsewhere, for those who pay or log in."""
    return len(line) <= SHORT and bool(_PREVIEW.search(line) and _UNLOCK.search(line)) and not line.endswith("。")


def judge(line: str) -> Reason | None:
    """The reason to drop a line wherever it stands, or None. `line` has no white space round it."""
    line = " ".join(line.split())
    body = is_body(line)
    if reason := _by_shape(line, body):
        return reason
    if body and len(line) > SHORT:
        return None
    if is_paywall(line) and not (body and line.endswith("。")):
        return Reason.PAYWALL
    if body:
        return None
    if _OWNED.search(line) and not line.endswith("。"):
        return Reason.WATERMARK
    if len(line) <= SHORT and len(_SELLING.findall(line)) + (selling_kinds(line) >= 4) >= 2 and not line.endswith("。"):
        return Reason.ADVERT
    return None


def _by_shape(line: str, body: bool) -> Reason | None:
    """Addresses, numbers and legal wording: what gives a line away even where it reads like prose."""
    if len(line) <= 2 * SHORT and any(shape.fullmatch(line) for shape in _FURNITURE) and numbering.read(line) is None:
        return Reason.PAGE_FURNITURE
    if len(line) <= 300 and _META.search(line) and len(set(_LEGAL.findall(line))) >= 2:
        return Reason.DISCLAIMER
    if has_handle(line) and (not body or len(line) <= 40):
        return Reason.CONTACT
    if not body and len(line) <= SHORT and (_EMPTY_HANDLE.search(line) or _EMAIL.search(line)):
        return Reason.CONTACT
    if not body and len(line) <= 2 * SHORT and _OFFICE_PHONE.search(line) and not line.endswith("。"):
        return Reason.CONTACT
    if len(line) <= 2 * SHORT and _SOURCE.search(line) and not line.endswith("。"):
        return Reason.SOURCE_URL
    address = sum(map(len, _URL.findall(line)))
    if address and (address > len(line) * 0.3 or (not body and len(line) <= SHORT)):
        return Reason.SOURCE_URL
    return None


def has_handle(line: str) -> bool:
    """Is a QQ, WeChat or the like given with its number? 微信群***个 in a report is a count, not a number to write to."""
    found = _HANDLE.search(line)
    if found is None:
        return False
    return _MASKED_COUNT.match(line, found.start()) is None or bool(_ASKING.search(line[max(0, found.start() - 4) : found.end()]))


def selling_kinds(line: str) -> int:
    """How many kinds of selling words the line has, 0–7."""
    return sum(1 for kind in _SELLING_KINDS if kind.search(line))


def is_site_like(line: str) -> bool:
    """A short line that names a site or those who run it, as found beside adverts: 某某文库, 网站编辑."""
    return len(line) <= 20 and bool(_SITE.search(line)) and not _FINAL.search(line)


def credited(line: str) -> str | None:
    """酷文网 in 酷文网整理，…: who puts his name to the copy."""
    found = _CREDIT.match(line)
    return found[1] if found else None


# What may be cut out of a line and leave its sentences whole: a bracket, a sentence, or a last clause with a handle.
_BRACKET = re.compile(r"[【（(\[][^【】（）()\[\]]{2,80}[】）)\]]")
_SENTENCE = re.compile(r"(?:\.{4,}|…{2,})|[^。！？!?.…]+(?:[。！？!?]+[”’）)]*|\.(?!\.{3})|…(?!…))*")
_LAST_CLAUSE = re.compile(
    rf"(?:(?:^|(?<=[。！？!?\s]))[^，,。；！？\s]{{2,12}}(?:整理|出品|首发|原创|提供|编辑|独家))?[，,、；;\s]{{0,4}}"
    rf"(?:更多[^，,。；！？]{{0,12}})?(?:详情|欢迎|请|可)?(?:咨询|联系|添加|详询)?(?:客服|老师|编辑)?{_PERSONAL}\s*+{_ID}\s*+[。！!]?$"
)


def pieces(line: str) -> list[tuple[int, int, Reason]]:
    """Spans of noise inside a line of body text, in order; [] where none can be cut out and leave whole sentences."""
    found = [(m.start(), m.end(), reason) for m in _BRACKET.finditer(line) if (reason := _judge_piece(m[0][1:-1].strip()))]
    for start, end, _ in found:
        line = line[:start] + " " * (end - start) + line[end:]
    sentences = list(_SENTENCE.finditer(line))
    for side in (sentences, sentences[::-1]):
        # Only from the ends inwards: a sentence with body on both sides is body.
        for sentence in side:
            reason = _judge_piece(sentence[0].strip())
            if reason is None and not re.fullmatch(r"[.…\s]+", sentence[0]):
                break
            if reason:
                found.append((sentence.start(), sentence.end(), reason))
    clause = _LAST_CLAUSE.search(line, max(0, len(line) - _LONGEST_CLAUSE))
    if not found and clause and clause.start() > 0:
        found.append((clause.start(), clause.end(), Reason.CONTACT))
    return _apart(found)


def _apart(spans: list[tuple[int, int, Reason]]) -> list[tuple[int, int, Reason]]:
    apart: list[tuple[int, int, Reason]] = []
    for span in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return apart


def _judge_piece(piece: str) -> Reason | None:
    if len(piece) > 2 * SHORT:
        return None
    if has_handle(piece) and len(piece) <= 40 and (not piece.endswith("。") or selling_kinds(piece) or credited(piece)):
        return Reason.CONTACT
    if _META.search(piece) and len(set(_LEGAL.findall(piece))) >= 2:
        return Reason.DISCLAIMER
    if _SOURCE.search(piece) and _URL.search(piece):
        return Reason.SOURCE_URL
    if (
        is_paywall(piece)
        and len(piece) <= 30
        and re.search(r"试读|试看|预览|未完待续|付费|登[录陆]|解锁|VIP|剩余|还剩|隐藏", piece)
    ):
        return Reason.PAYWALL
    return None
