"""Chinese names that are everyday words as well, by the words beside the everyday meaning.

蘋果汁 and 一顆蘋果 are no company; 小米粥, 頂夸克 and 四個字節 name nothing either. A class of names
shares its contexts. All texts are folded (simplified).
"""

import re
from dataclasses import dataclass
from functools import cache

_NUMERALS = "一二三四五六七八九十百千万亿两几数半每这那整多单0-9"
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class EverydayUse:
    """Contexts in which a name is an everyday word."""

    before: re.Pattern[str]
    """Matched against the text that ends where the name begins."""
    after: frozenset[str]
    """Words that follow the name."""
    nearby: frozenset[str]
    """Words in the same sentence; they count unless a word of business is there, too."""
    is_certain: bool = False
    """Whether the text before decides even in a sentence with a word of business."""
    verbs_after: frozenset[str] = frozenset()
    """Words among those of `after` that are verbs as well; a word of business makes them so."""
    needs_context: bool = False
    """Whether a word of business is no context of the name: 理想 in 理想語言."""


def _pattern(words: str, measures: str) -> re.Pattern[str]:
    """Return a pattern of text that ends in one of `words` or in a number with a measure word."""
    endings = list(map(re.escape, words.split()))
    if measures:
        measure = "|".join(measures.split())
        endings.append(rf"[{_NUMERALS}] ?(?:{measure})")
    if not endings:
        return _NOTHING
    return re.compile(rf"(?:{'|'.join(endings)})$")


def _use(before: str, measures: str, after: str, nearby: str, verbs_after: str = "") -> EverydayUse:
    verbs = frozenset(verbs_after.split())
    return EverydayUse(
        before=_pattern(before, measures),
        after=frozenset(after.split()) | verbs,
        nearby=frozenset(nearby.split()),
        verbs_after=verbs,
    )


_FOOD = _use(
    before="吃 喝 煮 种 种植 栽种 采收 采摘 摘 切 削 啃 榨 酿 剥 炒 熬 煮熟 新鲜 有机 青 红 金 毒 烂 酿的 拌 咬 包 手作 手工 现做 自制 现蒸",
    measures="颗 粒 棵 株 块 杯 碗 瓶 笼 屉 盒 斤 公斤 千克 串 篮 箱 盘 匙 勺 吨 亩 把 口",
    after="""
    树 树苗 果树 汁 果汁 园 果园 园里 核 皮 籽 醋 酒 酒的 粥 饭 酱 干 糕 糊 茶 泥 肉 汤 粒 片 花开 果农 牛奶
    日报 绿 肌 树下 去皮 削皮 切丁 切片 切块 蒸 蒸好 奶茶 沙拉 蛋糕 面包 种植 产区 产地 收成 采收 辣 锅巴 南瓜 香槟 梨 香蕉 西打 糖 馅 饼 丰收 园区里 咬
    """,
    nearby="""
    果园 果农 水果 果汁 榨汁 维生素 维他命 大卡 热量 稻谷 杂粮 五谷 谷物 农民 农夫 果树 果实 甜度 食谱 早餐 晚餐 午餐
    豆浆 蒸笼 去皮 削皮 冰箱 肉桂 营养师 公克 烘焙 采收 部落 农作物 播种 树上 好吃 熟透 牛顿
    """,
    # 蘋果派高層赴台, 蘋果花了三年; 派對 is cut where 派 is meant, too.
    verbs_after="派 花 派对",
)
_RIVER = _use(
    before="",
    measures="",
    after="""
    雨林 江豚 上游 中游 下游 大桥 河 河流 河畔 河水 河口 流域 盆地 丛林 森林 热带 热带雨林 地区 部落 平原 州 三角洲 原住民 原始 原始林 雨季 巨蟒
    女战士 鹦鹉
    """,
    nearby="雨林 盆地 流域 巴西 砍伐 原住民 物种 生态 河道 水位 森林",
)
_MOUNTAIN = _use(
    before="",
    measures="",
    after="论剑 山 山区 山上 山下 山的 山公路 山林 山脉 森林 地区 郎 小火车 高原 神木 铁路 山线",
    nearby="登山 云海 日出 小火车 神木 海拔 高原 西藏 茶园",
)
_THING = _use(
    before="金 银 纸 纸钱 折 烧 扣 扣上 解开 缝 钉 掉 金色 吹 捡 贝壳 敲",
    measures="颗 粒 枚 个 只 锭 片 堆 排",
    after="壳 掉 掉了 脱落 贝 贝壳 肉 湾 沟 山 枫 孔 松 松了",
    nearby="""
    衬衫 衣服 大衣 外套 袖口 领口 缝线 裁缝 祭品 祭拜 纸钱 拜拜 沙滩 海边 贝类 潮间带 海鲜 钮扣 纽扣 财神 压岁
    """,
)
_PARTICLE = _use(
    before="顶 底 上 下 奇 粲 魅 反 轻 重 种 味 正反",
    measures="个 种 对 味",
    after="胶子 质量 禁闭 星 物质 凝聚 胶子等离子体 模型 与胶子 之间 和轻子 对 味",
    nearby="粒子 物理学家 质子 中子 强子 胶子 对撞机 轻子 基本粒子 介子 重子 标准模型 电荷",
)
_UNIT = _use(
    before="每 兆 千 单 双 多 位 首 末 空 零 原始 按 逐 几 的 位元组",
    measures="个 位",
    after="""
    码 流 数 序 序列 数组 大小 长度 对齐 缓冲 缓冲区 串 级 单位 编码 顺序 数量 为 块 表示 传输 偏移 指令 文件 存储
    和字符 内容
    """,
    nearby="""
    整数 浮点数 位址 缓冲区 偏移 编码 字符 字元 指针 指标 溢位 溢出 序列化 内存 记忆体 utf-8 unicode 二进制 二进位 解码
    """,
)
_VERB = _use(
    before="""
    让人 使人 令人 叫人 不禁 容易 很容易 会 能 可以 产生 引发 引起 自由 丰富 无限 的 浮想 由此 进而 因此 我 他 她 人们
    难免 首先 开始 去 展开 激发 勾起 想象 便 就 常 常常 总 总是 直接 也 被 给人
    """,
    measures="",
    after="到 起 成 出 力 词 法 记忆 能力 到了 起来 起了 至 游戏 测验 翩翩 为 与想像",
    nearby="童年 回忆 隐喻 梦境 意象 心理学 联想力 诗",
)
_RATING = _use(
    before="米其林 评为 评价 评定",
    measures="",
    after="级 星级 期 评价 餐厅 主厨 饭店 酒店 旅馆 民宿 景区 大厨 堆 上将 以上 好评 推荐 伴月 高照 评等 名厨",
    nearby="米其林",
)
_DEGREES = EverydayUse(
    # Between two numbers: 八十至百度.
    before=re.compile(rf"(?:[上达到]|[升降热冷高低]至|[{_NUMERALS}]度?[至~～-])$"),
    after=frozenset(
        "以上 高温 的高温 电 热水 角 春秋 寒暑 春光 春风 秋凉 风雨 轮回 回首 思量 米 公尺 公分".split()
    ),
    nearby=frozenset("摄氏 高温 气温 水温 体温 室温 千瓦时 用电 熔点 沸点 秤重".split()),
)
_IDIOM = _use(
    before="海纳 海 纳 点点 众 急如 自从 微微 江河 诸子",
    measures="",
    after="""
    归海 东流 入海 汇 汇流 答 答答 答滴 燎原 开天 开天辟地 开天辟 传说 神话 氏 时代 点点 搬家 雄兵 上树 窝 后浪 大桥
    大学 出海 初开 初辟 女 不过 漏 漏下 的水声 声 流下
    """,
    nearby="有容乃大 神话 开天辟地 古书 成语 屋檐 水龙头 雨水 漏水 点点滴滴 燎原",
)
_PHRASE = _use(
    before="最 更 很 较 越 发 在发 手 颤 一双 这双 神 变 腿",
    measures="把 双",
    after="快脚 小厨 剪 反应 速 筋 抢 操作 摸 菜 料理",
    nearby="",
)

_WRITING = _use(
    before="商代 殷商 殷墟 古老的 出土 出土的 古代 研究 解读 释读 破译 古文字",
    measures="片 个 块",
    after="文字 片 卜辞 拓片 字形 字体 残片 中 上 刻 学者 考释 单字 释读 破译 碎片 缀合 拼接",
    nearby="商代 殷墟 出土 考古 古文字 龟甲 金文 篆书 汉字 兽骨 古籍 甲骨 缀合",
)
_MAGNETS = _use(
    before="尼古拉 尼古拉· 尼古拉‧ 尼古拉・ 发明家 物理学家",
    measures="点",
    after="线圈 的磁场 磁场 磁振造影 磁共振 核磁共振",
    nearby="磁场 核磁 磁振 磁铁 磁共振 交流电",
)
_GALLOP = _use(
    before="策马 纵马 骏马 飞快 自由 尽情 原野上 草原上 疾速 万马 一路 上",
    measures="",
    after="在草原 而过 而去 而来 着 的骏马 的马",
    nearby="草原 骏马 原野 马匹 马背 赛马 马蹄",
)
_MYTH = _use(
    before="传说 神话 上古",
    measures="只 条",
    after="初辟 初开 传说 神话 展翅 瑞兽 神兽",
    nearby="庄子 逍遥 北冥 神话 瑞兽 庙宇 古书",
)
_IDEAL = EverydayUse(
    before=re.compile(
        r"(?:大同|崇高|远大|伟大|最|很|较|更|不|不太|不够|人生|政治|教育|共同|美好|追求|怀抱|[我你他她们]的)$"
    ),
    after=frozenset(
        "主义 主义者 国 状态 情况 值 化 型 上 是 解 条件 气体 人选 对象 伴侣 目标 中的".split()
    ),
    nearby=frozenset(),
    needs_context=True,
)
_QUESTIONS = _use(before="", measures="", after="万问 万答 一答 不厌", nearby="")
# A company begins a clause or follows one of these; a wave of something follows something.
_WAVE = EverydayUse(
    before=re.compile(r"[\u3400-\u9fffa-z0-9] ?(?<![与和及由对向在给被将把让从是如括为])$"),
    after=frozenset("席卷 来袭 来临 之下 之中 中 下 推动 涌现 乍现 初现 线上 不断 般".split()),
    nearby=frozenset(),
    is_certain=True,
)
# 通用智能体 is an agent.
_AGENT = _use(before="", measures="", after="体 体的 代理", nearby="")

_NAMES_BY_USE = (
    (_FOOD, "苹果 小米 雪梨 黑莓 豆包 豆瓣 番茄 芒果 荔枝 草莓 樱桃 香蕉 土豆 黑芝麻 小龙虾 树莓"),
    (_RIVER, "亚马逊 长江 密西西比"),
    (_MOUNTAIN, "阿里 华山 庐山 昆仑 黑石"),
    (_THING, "扣子 元宝 海螺 钉钉"),
    (_PARTICLE, "夸克"),
    (_UNIT, "字节"),
    (_VERB, "联想"),
    (_RATING, "三星"),
    (_DEGREES, "百度"),
    (_IDIOM, "百川 盘古 滴滴 星火 蚂蚁 长江 混元"),
    (_PHRASE, "快手 抖音"),
    (_WRITING, "甲骨文"),
    (_MAGNETS, "特斯拉"),
    (_GALLOP, "奔驰"),
    (_MYTH, "鲲鹏 麒麟 鸿蒙 盘古"),
    (_WAVE, "浪潮 曙光 地平线"),
    (_AGENT, "通用智能"),
    (_IDEAL, "理想"),
    (_QUESTIONS, "千问"),
)

BUSINESS_WORDS = frozenset(
    """
    公司 集团 科技 电子 企业 汽车 手机 平台 模型 大模型 智能 智慧 财报 营收 股价 市值 执行长 技术长 董事长 首席 总裁
    发布 发表 推出 宣布 公布 收购 投资 融资 上市 开源 供应商 供应链 晶片 芯片 处理器 笔电 应用 用户 旗下 官方 团队
    研究员 工程师 开发者 云 云端 伺服器 服务器 合作 竞争 新机 门市 电商 总部 高管 员工 裁员 挖角 系统 产能 订单 面板
    记忆体 出行 外卖 app ai iphone ipad mac ios siri vision gpu 技术 新品 眼镜 耳机 手表 平板 机器人 创办人 创始人
    生态 营运 版本 更新 服务 计划 专利 诉讼 反垄断 监管 语音 跳动 赞助 旗舰店 地图 出货 市占 竞品 对手 厂商 品牌 业者 巨头 大厂
    """.split()
)
"""Folded words that tell of a company or a product."""


@cache
def everyday_uses() -> dict[str, tuple[EverydayUse, ...]]:
    """Return folded name → its everyday uses."""
    uses: dict[str, tuple[EverydayUse, ...]] = {}
    for use, names in _NAMES_BY_USE:
        for name in names.split():
            uses[name] = (*uses.get(name, ()), use)
    return uses
