"""How much of a line belongs to the world of web pages: the words of sites, shops and readers' screens, weighed.

The words are those of the web at large, by what they are about; none is a line of a site. A word alone proves nothing, since
speeches speak of platforms, members and copyright too: `weight` is to be held against where the line stands and how much of it
the speech itself says elsewhere (`Vocabulary`).
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_MOST_OF_A_KIND = 2
_HANZI_PAIR = re.compile(r"(?=([\u4e00-\u9fff]{2}))")
_RICH = 400


class Sign(StrEnum):
    """What a word of the web is about."""

    ADDRESS = "address"
    CONTACT = "contact"
    MEMBER = "member"
    TRADE = "trade"
    GOODS = "goods"
    SCREEN = "screen"
    REST = "rest"
    RIGHTS = "rights"
    CREDIT = "credit"
    SITE = "site"
    SHAPE = "shape"


_SIGNS: tuple[tuple[Sign, int, re.Pattern[str]], ...] = tuple(
    (sign, weight, re.compile(pattern, re.IGNORECASE))
    for sign, weight, pattern in (
        # An address on the web, of mail, a telephone or account number: nothing else is written like that.
        (
            Sign.ADDRESS,
            2,
            r"https?://|www\.|(?<![a-z0-9.])[a-z0-9-]{2,}(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org|top|cc|vip|info|xyz|site|club)(?![a-z])"
            r"|(?<![a-z0-9.])[a-z0-9-]+(?:\.[a-z]{2,6})+/[\w/.?=&-]+|[\w.+-]+@[\w-]+\.[a-z.]{2,}"
            r"|(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)|(?<!\d)400-?\d{3}-?\d{4}(?!\d)",
        ),
        (
            Sign.ADDRESS,
            1,
            r"(?<![a-z0-9])(?=[a-z_-]*\d|[a-z_-]{7})(?=\d*[a-z])[a-z0-9_-]{6,}(?![a-z0-9])|(?<![\d.])\d{7,11}(?![\d万亿元个余多名人])",
        ),
        (
            Sign.CONTACT,
            1,
            r"[q扣][q扣]\s*(?:群|号|[:：\d]|$)|企鹅号|[微薇威]\s*信|[vw]x?\s*[:：]|加[微薇v]|私聊|私信|客服|详询|咨询|(?:请|欢迎)?致电|联系(?:人|方式|电话|客服|我们|管理员|老师)"
            r"|(?:电话|手机|热线|邮箱|传真|tel|e-?mail)\s*[:：]?|(?<![社])群主|(?<!融圈)[进入加]群|(?:交流|会员|读者|粉丝)群|备注“",
        ),
        (Sign.MEMBER, 1, r"vip|(?<!委员)会员|账号|帐号|注册|登[录陆]|积分|金币|用户(?!需求|满意)|订阅|粉丝|充值|网友|网民|读者"),
        (
            Sign.TRADE,
            1,
            r"\d\s*元(?![以左])|[¥￥]|免费|特惠|特价|优惠(?!政策)[价券]?|限时|打包|秒杀|立[减享省]|[买拍充]\S{0,4}送|购买|付费|下单|发货|退换|售出|售后|代写|代笔|有偿|店铺|本店|价格|价目|年费|包年|会员价|稿费|有奖|红包|领取|到手",
        ),
        (
            Sign.GOODS,
            1,
            r"范文|模板|素材|课件|文库|题库|文档|资料|材料(?=[大包全库网圈])|电子版|word版?|pdf|ppt|全套|合集|大礼包|文稿|写材料|讲话稿|发言稿|申论|公文(?:写作)?|打印版",
        ),
        (
            Sign.SCREEN,
            1,
            r"下载|点击|扫码|扫一?扫|扫描|二维码|小程序|长按|识别|后台|回帖|回复“|回复\S{0,4}可见|帖子|转发|点赞|在看|收藏|评论|浏览|阅读[量数 \d]|打印|关闭|展开|收起|加载|复制|预览|返回|首页|朋友圈|QQ空间|微博|公众号|视频号|订阅号|网盘|链接|搜索|app(?![a-z])|客户端|夜间模式|字号|字体|朗读|纠错|举报|更新(?=[：:]|至)|每[日天]更新|发布(?:时间|日期|人)|上一[篇条页章]|下一[篇条页章]|相关(?:阅读|推荐|文章)|您(?:现在|当前)?的位置|(?:当前|所在)位置",
        ),
        (
            Sign.REST,
            1,
            r"试[读看阅]|未完|待续|未读|剩余|余下|还剩|剩下的?内容|隐藏|后面的?内容|完整[版内文]|查看全[文部]|阅读全文|全文|以下内容|(?:继续|接着|往下)(?:阅读|浏览|观看|看)|解锁|阅览|可见|查看|章节",
        ),
        (
            Sign.RIGHTS,
            1,
            r"版权|著作权|侵权|侵犯|盗版|翻[印版]|必究|追究|转载|摘编|外传|外泄|分发|传播|授权|商业用途|商用|免责|声明[:：]|不代表|文责|立场|下架|封号|仅[供作限]|专享|专供|严禁|请勿|谢绝|违者|内部(?:资料|交流|使用|学习)|所有权利|©|\(c\)",
        ),
        (
            Sign.CREDIT,
            1,
            r"原创|首发|独家|出品|整理(?=$|[，,）)】\s])|提供(?=$|[）)】])|投稿|供稿|来源[:：]|出处[:：]|稿源|[摘选转]自|原载|来自|作者|小编|编辑[:：]|责编|审核[:：]|校对[:：]|监制|站长|编号[:：]|引用地址|原文|本[文篇站网号店](?!化|明|络|点|章)",
        ),
        (
            Sign.SITE,
            1,
            r"(?:(?<!互联)(?<!物联)(?<!电)网|网站|文库|稿库|论坛|贴吧|之家|天地|在线|频道|编辑部|工作室|资源站|公文馆|[学写秘作材公文稿]\w?[社圈网馆库坊站])(?=$|[\s，,：:；;（()）】\]·|—-])",
        ),
        (
            Sign.SHAPE,
            1,
            r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}:\d{2}|[|｜»>]|#\S|[\u2600-\u27bf\U0001f300-\U0001faff]|[（(]\d+[)）]|\.{4,}|…{1,}(?=[\u4e00-\u9fff\s])|第\d+页|共\d+页",
        ),
    )
)


@dataclass(frozen=True)
class Weighed:
    """The signs of one line. `weight` counts at most two words of a kind."""

    weight: int
    kinds: frozenset[Sign]


def weigh(line: str) -> Weighed:
    """What in `line` is of the web."""
    counted: dict[Sign, int] = {}
    for sign, weight, pattern in _SIGNS:
        words = len({found[0] for found in pattern.finditer(line)})
        if words:
            counted[sign] = min(_MOST_OF_A_KIND, counted.get(sign, 0) + weight * words)
    return Weighed(sum(counted.values()), frozenset(counted))


class Vocabulary:
    """The pairs of characters that a speech uses, for telling what it would not say."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._pairs: Counter[str] = Counter()
        for line in lines:
            self._pairs.update(map("".join, itertools.pairwise(line)))

    @property
    def rich(self) -> bool:
        """Is there enough text to tell by?"""
        return len(self._pairs) >= _RICH

    def foreign(self, text: str, *, own: bool = False) -> float:
        """The share of the pairs of Chinese characters in `text` that the speech has nowhere, 0–1; 1 where there are none.

        `own`: the text is a piece of one of the lines given, so what it says itself does not count.
        """
        pairs = Counter(found[1] for found in _HANZI_PAIR.finditer(text))
        strange = sum(times for pair, times in pairs.items() if self._pairs[pair] <= (times if own else 0))
        return strange / pairs.total() if pairs else 1.0
