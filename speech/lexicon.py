"""Word lists that placeholders and specifics are told by: data only, compiled for this project.

Every list is in order of length, longest first where it becomes part of a pattern (`either`).
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

HANZI = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def either(words: Iterable[str]) -> str:
    """A pattern that matches any of `words`, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True)) + ")"


# Measure words and units after a number. A word that often begins another one carries what may not follow: "支(?!部)".
MEASURES = _words("""
学时 课时 学分 微克 毫克 平方公里 平方千米 平方米 立方米 万千瓦时 千瓦时 万千瓦 兆瓦 吉瓦 千瓦 千伏 公里 千米 公顷 公斤 千克 厘米 毫米 海里 吨 亩 升 斤
人次 户次 场次 件次 架次 车次 班次 个月 个工作日 工作日 个小时 小时 分钟 周年 季度 天 岁 周 秒
""")
MEASURE_PATTERNS = _words("""
个(?![体人性]) 名(?![称誉字牌录为]) 位(?![于置居列次]) 户(?![籍外口型]) 家(?![庭园属乡居长校风]) 人(?![民大社才员口员居均民群文格]) 项(?!目)
条(?![例件]) 件(?![均]) 处(?![级理长室于置]) 所(?![属在有以谓长需]) 座(?!谈) 栋 幢 间(?!接) 套(?!用) 台(?![账阶湾办]) 辆 支(?![部队委书撑持])
批(?![示准复评]) 次(?!序) 场(?![所景镇地]) 期(?![间限望末]) 届 起(?![来步到于草初点源]) 例(?![如会外]) 宗(?!旨) 桩 笔(?!记) 份(?!额) 篇 本(?![市区县省级地职土着村质科])
册 张(?!贴) 块 面(?![对向临貌积]) 片(?![区面]) 段(?!落) 轮 遍(?!布) 趟 点(?![位击评面]) 类(?![似别型]) 种(?![植业类]) 级(?!别) 层(?![面次级]) 代(?![表理码])
班(?![子组长]) 组(?![织建成长合员]) 队(?![伍员长]) 股(?![份东权]) 口(?![号碑径岸]) 头(?![脑雁]) 只(?![要有是能]) 株 棵 根(?![本据]) 盏 门(?!口) 步(?!伐) 师(?![生资范]) 部(?![署分门长队]) 对(?=[夫新]|$|，|。|、) 强(?=企业|县|市|区|$|，|。|、) 米 度(?![过假])
""")
PERCENT_UNITS = _words("% ％ ‰ 个百分点 百分点 倍")
MONEY_UNITS = _words("元人民币 元 美元 欧元 港元 日元 块钱")
LATIN_UNITS = _words("km² km kg m² m³ cm mm MWh GWh kWh MW GW kW KW KM kV m t ㎡ ㎥ ℃ 兆")

# Before these a number is rhetoric or a promise of structure (三个方面, 三点意见), not a claim.
ABSTRACT_NOUNS = _words("""
方面 意见 要求 建议 问题 环节 重点 关键 层面 阶段 维度 角度 关系 原则 意识 自信 维护 确立 坚持 结合 转变 突破 提升 到位 必须 始终 带头 作用
想法 体会 启示 感受 看法 字 词 特点 特征 优势 短板 弱项 抓手 着力点 切入点 突破口 支撑 保障 统一 确保 强化 注重 聚焦 突出 层次 梯次 准备 打算
""")

# What a small number must count to be a claim (五个社区); 三个基础 is not.
COUNTED_NOUNS = _words("""
街道 社区 乡镇 镇 乡 行政村 自然村 村 县区 区县 县 小区 网格 支部 党支部 党总支 党组织 党委 单位 部门 企业 重点项目 项目 园区 楼院 楼栋 学校 医院
家庭 试点 示范点 示范社区 工作组 专班 党小组 居委会 业委会 物业 服务站 办事处 月 工作日 小时 省份 城市 地市 民族 学位 床位 泊位 车位 站点 点位
""")

TITLES = _words("""
总书记 第一书记 副书记 书记 同志 副部长 部长 副主任 主任 副市长 市长 副区长 区长 副县长 县长 副省长 省长 副州长 州长 盟长 旗长 副局长 局长
副主席 主席 副镇长 镇长 副乡长 乡长 副厅长 厅长 副处长 处长 副科长 科长 司长 副院长 院长 副校长 校长 秘书长 副总理 总理 常委 委员 组长 队长
总经理 经理 董事长 厂长 站长 所长 园长 村长 支书 会长 理事长 检察长 老师 教授 院士 医生 先生 女士 参谋长 政委 司令员 社长 馆长 台长 行长
楼长 楼栋长 网格长 网格员 大姐 大爷 阿姨 师傅 奶奶 爷爷
""")
# Before a name, and nobody's address after it: 老党员赵×, 志愿者孙××.
CALLINGS = _words(
    "党员 居民 村民 志愿者 劳模 烈士 英雄 教师 民警 辅警 社工 干部 群众 老人 模范 代表 骑手 选手 律师 带头人 负责人 能手 乡贤 记者 作者 诗人 医师 护士"
)
PERSON_VERBS = _words(
    "主持召开 主持 出席 讲话 作了 作重要 指出 强调 批示 带队 致辞 发言 亲自 莅临 宣布 宣读 点评 总结讲话 带领 说 同志"
)

PLACE_UNITS = _words(
    "自治区 自治州 自治县 开发区 经开区 高新区 新区 街道 社区 小区 片区 省 市 县 区 州 盟 旗 镇 乡 村 街 路 湖 山 河 港 岛 花园 家属院 新城 水库 大桥 高速公路 高速"
)
PLACE_UNIT_PATTERNS = _words("""
自治区 自治州 自治县 开发区 经开区 高新区 新区 街道 社区 小区 片区 城区 景区 乡镇 省(?![级钱力时心]) 市(?![场值面容政级直民])|市(?=直机关|民政|民族|民营|民宗|政府|政协|政法|面临|级机关)
县(?![域级]) 区(?![域间别划分级块])|区(?=级机关|分管) 州 盟(?!友) 旗(?![帜舰]) 镇(?![静定]) 乡(?![村土亲贤愁]) 村(?![级镇]) 街(?!道) 路(?![径线]) 居民 市民 村民 人民(?!政府) 城市 特色 外卖 实际 大地
花园 家属院 新城 公寓 大厦 广场 水库 河(?![南北畔道口长]) 湖(?![南北]) 江(?![苏西南北]) 港(?![口澳务]) 岛 大桥 隧道 高速公路 高速(?=年|公路|通|建|，|。|、) 大道
""")
# The unit of a place that a whole speech is about: ×市 is the same city throughout.
ADMIN_UNITS = frozenset(_words("自治区 自治州 自治县 省 市 县 区 州 盟 旗"))

ORGANISATION_UNITS = _words("""
人民政府 政府 党工委 党总支 党支部 党委 党组 党组织 支部 总支 工委 纪委监委 纪委 监委 人大常委会 人大 政协 组织部 宣传部 统战部 政法委 社会工作部 委员会 居委会 村委会
业委会 团委 妇联 工会 总工会 工商联 残联 科协 文联 法院 检察院 公安局 派出所 发改委 卫健委 住建局 民政局 教育局 财政局 司法局 城管局 审计局 统计局 信访局
党校 办公室 支队 大队 集团有限公司 有限责任公司 股份有限公司 有限公司 集团公司 物业公司 公司 集团 企业 学校 小学 中学 大学 学院 幼儿园 医院 卫生院 银行 农商行
合作社 协会 商会 学会 基金会 研究院 研究所 实验室 科技园 产业园 工业园 创业园 园区 物流园 厂 俱乐部 酒店 超市 商场 律师事务所 律所 联盟 服务队 服务中心 中心 单位 交流会 博览会 论坛 委(?!员|托|屈)
局(?![面部势]) 厅 办(?![法理事]) 部(?![分署门长]) 院(?![士长落]) 站
""")
ORGANISATIONS_PROPER = _words("""
集团有限公司 有限责任公司 股份有限公司 有限公司 集团公司 公司 集团 小学 中学 大学 学院 职校 幼儿园 医院 卫生院 银行 农商行 合作社 协会 商会 基金会 研究院 研究所 实验室
律师事务所 事务所 酒店 超市 商场 俱乐部 科技园 产业园 工业园 创业园 艺术团 志愿服务队
""")

DOCUMENT_NOUNS = _words(
    "条例 办法 意见 方案 决定 通知 规定 规划 纲要 细则 报告 建议 公告 通报 汇编 准则 章程 公约 手册 清单 规则 规程 计划 函 决议 批复"
)
NAME_NOUNS = _words("""
工作法 管理法 服务法 模式 品牌 工程 行动 计划 机制 精神 平台 活动 经验 战略 创建 体系 制度 服务 示范 驿站 联盟 银行 课堂 讲堂 超市 先锋队 服务队 专班 项目 主题教育 做法 联动 整治 攻坚 方案
""")

# A quoted word followed or ended by one of these is a named programme.
PROGRAMME_TAILS = _words("""
工程 行动 计划 工作法 管理法 服务法 治理法 模式 驿站 联盟 支部 银行 超市 课堂 讲堂 学堂 品牌 先锋队 服务队 宣讲团 议事厅 会客厅 工作室 平台 项目 创建 机制 活动 制度 体系 方案 清单 服务圈 生活圈
大篷车 直通车 联合体 共同体 综合体 积分 论坛 夜校 热线 小程序 系统 云平台 党建 码 专班 标准 样板 经验
""")
# Quoted, and yet nobody's programme: figures of speech and plain adjectives.
RHETORICAL_QUOTES = frozenset(
    _words("""
一把手 一盘棋 一条龙 一张网 一张图 一阵风 一刀切 一公里 最后一公里 最后一米 最先一公里 一线 一体 一体化 一股绳 一本账 一家人 一家亲 一站式 一条心 一扇门 一类事 一件事 一根针 千条线 千头万绪 面子 形象 民心 民生 圈子
点对点 一对一 面对面 手拉手 心贴心 零距离 常态化 网格化 清单化 项目化 制度化 规范化 精细化 长效 长效化 闭环 保姆式 菜单式 点单式 订单式 主动 被动 上门 温度 广度 深度 力度 速度 精度 有形 无形 硬 软 大 小 新 老 实
盆景 风景 树木 森林 堵点 难点 痛点 热点 断点 盲点 亮点 重点 支点 拐点 起点 终点 关键少数 绝大多数 主心骨 领头雁 领头羊 主力军 生力军 指挥棒 指南针 风向标 晴雨表 压舱石 稳定器 助推器 推进器 加速度 加速器 排头兵
娘家人 主人翁 局外人 旁观者 问题清单 责任清单 任务清单 千里眼 顺风耳 金钥匙 金字招牌 绊脚石 铺路石 试金石 度量衡 传声筒 连心桥 幸福感 获得感 安全感 施工图 路线图 时间表 任务书 责任状 军令状 成绩单 硬骨头 两张皮 独角戏 大合唱 夹生饭
空架子 花架子 一纸空文 僵尸群 指尖 指尖上的形式主义 神经末梢 毛细血管 最强大脑 四梁八柱 千家万户 左邻右舍 五湖四海 急难愁盼 烦心事 揪心事 关键小事 民生小事 头等大事 一事一议 一户一策 一企一策 一人一策 一村一策 一村一品 一格一员
一区一策 一点一策 一案一策 一事一策 一社一策 一院一策 一人一档 一户一档 一岗一责 一盏灯 一面旗 一座堡垒 五加二 白加黑 5+2 5＋2 白+黑 7×24 24小时 8小时 八小时 零容忍 零跑腿 零投诉 零发生 零上访 零遗漏 零死角
红脸出汗 咬耳扯袖 我要做 要我做 输血 造血 单打独斗 独唱 合唱 单选题 必答题 选择题 压力 动力 战场 考场 答卷 考题 赶考 第一书记 第一责任人 第一现场 第一时间 第一资源 第一要务 第一动力 第一位 第一议题 第一形态 大家庭 大家 小家 小事 大事
""")
)

# Numbers that are names or figures of speech, never a claim of fact.
HARMLESS_NUMBERS = re.compile(
    r"(?m:^[ \t\u3000]*[（(]?[0-9０-９]{1,2}[）)．.、](?![0-9０-９]))"
    r"|(?<![0-9])(?:110|119|120|122|114|12315|12345|12333|12380|12388|12320|12355)(?=热线|平台|电话|政务|便民|指挥|接警|举报|[”"
    + '"'
    + r"])"
    r"|7\s?[×xX*]\s?24(?:小时)?|24小时(?=服务|值班|值守|在线|不打烊|自助|开放|全天候|待命|应急)|全天候?24小时|365天|(?<![0-9])[58]小时(?:之?外|以外)"
    r"|(?<![0-9])5[+＋]2(?![0-9])|1[+＋]1(?=大于|>|＞)|(?:世界|中国|民营企业|全球)500强|360度|(?<![0-9.])[0-9]\.0(?:版|时代)|[0-9]0后|95后|85后"
    r"|(?<![0-9])0(?=距离|容忍|门槛|跑腿)|七站八所|四邻八舍|最后(?:1公里|100米|1米)|(?:15|十五|5|10)分钟[^，。；、\n]{0,8}圈"
)
# After a number a single capital marks a grade or a name (5G, 4A), not a unit.
GRADE_LETTERS = "AGDKPBCVS"


@cache
def places() -> dict[str, str]:
    """Provinces and prefecture-level places, by full and by short name, with the unit that each ends in.

    {"洛阳市": "市", "洛阳": "市", "河南省": "省", "河南": "省", "恩施": "自治州", …}; read once from places.txt.
    """
    known: dict[str, str] = {}
    text = resources.files("speech").joinpath("places.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        for entry in line.split():
            full, _, short = entry.partition("/")
            unit = next(
                unit for unit in ("特别行政区", "自治区", "自治州", "地区", "林区", "省", "市", "盟") if full.endswith(unit)
            )
            known[full] = unit
            known[short or full.removesuffix(unit)] = unit
    return known
