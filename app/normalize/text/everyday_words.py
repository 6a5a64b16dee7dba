"""Everyday Chinese words that the list of words in use lacks, mostly words of Taiwan.

They are folded (simplified) and end or begin with characters that also begin or end a known name:
線[上海]量, 推[高通]膨, 重[大型]. The count is that of a common word of the list.
"""

EVERYDAY_COUNT = 300

EVERYDAY_WORDS = frozenset(
    """
    线上 线下 通膨 通缩 演算法 伺服器 易用 易用性 易读性 易受 易学 数位 数位化 互联网 物联网 车联网 汤品 北向 南向
    通货膨胀 个资 中阶 高阶 低阶 半导体 良率 记忆体 载板 里长 国中 自行车 健保 劳保 升息 降息 台股 美股 港股 陆股
    股东会 董事长 执行长 技术长 财务长 营运长 总经理 发言人 米数 研究生 手冲 通识 通过率 通讯录 为例 为您 上千 上百 科系
    算力 资安 路线图 微调 机柜 市值 重写 长片 高通量 通量 手势 更快 更高
    子公司 分公司 科学园区 科学园 会议室 展间
    人形 电商 网购 团客 团膳 团购 讯框 讯噪 硕博 硕班 微服务 信度 信噪 信赖 智能化 智识 智力 机智 歌单 里程
    """.split()
)
