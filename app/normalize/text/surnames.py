"""Chinese surnames and their shares among persons, for names that a text runs into.

Characters are folded (simplified). Shares are rounded from the census of mainland China (2020) and
that of Taiwan (2018). Surnames that are mostly another word (于, 和, 曾, 高, 方, 任) are left out:
關於, 曾經, 高通 would become persons.
"""

_SHARES_PER_MILLE = """
王 70, 李 72, 张 67, 刘 53, 陈 60, 杨 31, 黄 27, 赵 20, 吴 25, 周 19, 徐 16, 孙 14, 胡 12, 朱 13,
林 24, 何 12, 郭 12, 罗 9, 郑 10, 梁 8, 谢 9, 宋 7, 唐 7, 许 9, 邓 6, 韩 6, 冯 6, 曹 6,
彭 6, 萧 5, 蔡 9, 潘 5, 田 5, 董 5, 袁 5, 余 5, 叶 6, 蒋 5, 杜 4, 苏 5, 魏 4, 吕 4, 丁 4,
沈 4, 姚 4, 卢 4, 傅 3, 钟 4, 崔 3, 谭 4, 廖 4, 范 3, 汪 3, 陆 3, 金 2, 石 2, 戴 3, 贾 2, 韦 2,
夏 2, 邱 4, 侯 3, 邹 3, 熊 2, 孟 2, 秦 2, 阎 2, 薛 2, 江 3, 史 2, 龙 1, 段 2, 雷 2, 钱 2, 汤 2,
尹 2, 黎 2, 易 1, 常 1, 武 1, 乔 1, 贺 2, 赖 3, 龚 2, 庞 1, 樊 1, 殷 1, 施 2, 洪 3, 翁 1, 颜 1,
庄 2, 柯 2, 游 1, 詹 2, 简 1, 凌 1, 温 1, 涂 1, 童 1, 纪 1, 耿 1, 柳 1, 欧 1, 毕 1, 郝 1, 霍 1
"""


def _read_shares() -> dict[str, float]:
    shares: dict[str, float] = {}
    for entry in _SHARES_PER_MILLE.replace("\n", " ").split(","):
        surname, per_mille = entry.split()
        shares[surname] = int(per_mille) / 1000
    return shares


SURNAMES = _read_shares()
"""Surname → share among persons, in [0, 1]."""

_GIVEN_CHARS = frozenset(
    """
    建国志文明华英美丽伟俊杰家嘉佳宏鸿弘宗正永荣昌盛德仁义礼智信忠孝廷庭立维伦安宁平和顺康健强勇刚毅军武胜利凯旋
    光辉耀晖晨曦阳昊昱旭东升春夏秋冬雪梅兰竹菊芳芬芝莲萍薇蓉茹莉琳玲珍珠玉琴瑶璇婷娟娜婉妍妙姿淑慧贤惠敏静怡欣
    心思念恩慈爱雅诗书翰博学仲伯叔季孟少子小大元世承绍继泽润清源泉海江河洋涛波浩瀚淼云雨雷霆霖天宇宙星辰月山峰岳
    岩石林森木桂松柏楠桐梓栋梁柏彬斌炳炎焕灿烨煜炜煌坤培增城均垣铭锋锐钧钢铁银金锦镇龙虎凤鹏鹤麟飞翔驰骏马超越
    群众民生育才贵富福禄寿祥瑞吉庆喜乐悦彦邦定保祖宜良成功业勤俭修身齐治恒久长远达通进步中兴隆启发展开新振奋尚品
    伊依亦奕轩皓翊彤宥睿柏宸妤蓁芯羽昕雯倩筠瑜瑾琪琦珊珮佩佑佐任传伶俐伦儒冠冰凌利勋又友可君吟品哲
    """.replace("\n", "").replace(" ", "")
)
_COUNTED = frozenset("一二三四五六七八九十百千万两几每这那半0123456789")
GIVEN_SHARE = 1 / len(_GIVEN_CHARS)
"""Share of one character among those of given names, as if all were equally common."""


def is_given_name(chars: str) -> bool:
    """Return whether folded characters may be a Chinese given name."""
    return all(char in _GIVEN_CHARS for char in chars)


def is_measure(text: str, place: int) -> bool:
    """Return whether a surname in folded text is a measure word: 一張輝達顯示卡."""
    return text[place] == "张" and text[place - 1 : place] in _COUNTED


OFFICES = tuple(
    """
    新任 代理 首席 首 代表 主席 副主席 主任 主委 主持人 董事 董事长 理事 监事 总经理 副总 副总裁 总裁 总监 执行长 技术长 财务长 营运长
    资讯长 发言人 召集人 院长 校长 所长 部长 会长 队长 社长 市长 顾问 共同 候选人 接班人 继任者 负责人 讲者 教授 您 例
    """.split()
)
"""Folded words that follow a person and 為: 任命陳建華為技術長."""
