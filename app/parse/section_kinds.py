"""Kinds of sections, each with its words. The rest of the code takes them from here."""

from dataclasses import dataclass
from typing import Literal

SectionKind = Literal[
    "headlines",
    "research",
    "tools",
    "industry",
    "trends",
    "market",
    "editorial",
    "resources",
    "other",
]
"""Kinds of sections. Their positions are stored as codes, so a new kind goes to the end."""


@dataclass(frozen=True, slots=True)
class SectionWords:
    """Words of a kind of section.

    `label` names it in Traditional Chinese. `headings` are headings that name it: Chinese ones in
    both scripts, separated by spaces, then English ones, separated by `|`. `japanese` are
    headings, too; they stand apart because their characters are neither Traditional nor
    Simplified Chinese. `hints` are words inside a longer heading of a layout that is inferred.
    """

    label: str
    headings: str = ""
    japanese: str = ""
    hints: str = ""


SECTION_KINDS: dict[SectionKind, SectionWords] = {
    "headlines": SectionWords(
        label="今日焦點",
        headings="""今日焦點 今日焦点 本日焦點 本日焦点 焦點新聞 焦点新闻 焦點 焦点 今日頭條 今日头条 頭條新聞 头条新闻 頭條 头条 重點新聞
            重点新闻 今日重點 今日重点 本日重點 本日重点 今日要聞 今日要闻 要聞 要闻 重要新聞 重要新闻 重大新聞 重大新闻 今日熱點 今日热点 熱點新聞
            热点新闻
            top headlines|headlines|headline news|top stories|top news|today's focus|
            today's highlights|highlights|key headlines|
            main stories|lead stories|in focus|breaking news|key stories""",
        japanese="""見出し トップニュース 注目ニュース 主要ニュース 今日のニュース 本日のニュース ニュース詳細
            今日の注目 注目トピック ヘッドライン 重要ニュース トピックス 今週の注目""",
        hints="""要聞 要闻 頭條 头条 新聞 新闻 快訊 快讯 重點 重点 焦點 焦点 ニュース 今日
            headline|headlines|news|story|stories|top|lead|quick hits|brief|today|picks""",
    ),
    "research": SectionWords(
        label="研究",
        headings="""模型與技術更新 模型与技术更新 模型與研究更新 模型与研究更新 模型更新 技術更新 技术更新 技術與研究 技术与研究 研究與技術 研究与技术 模型與研究
            模型与研究 研究進展 研究进展 研究動態 研究动态 最新研究 前沿研究 學術研究 学术研究 學術前沿 学术前沿 論文精選 论文精选
            研究論文 研究论文 論文速遞 论文速递 技術進展 技术进展 技術突破 技术突破 模型發布 模型发布 模型與論文 模型与论文
            研究與論文 研究与论文 技術前沿 技术前沿
            model & research updates|models & research|research & models|research updates|research|
            model updates|models|papers|
            research papers|technical updates|technology updates|model releases|
            research & technology|
            models & papers|
            research highlights""",
        japanese="""研究 研究動向 論文 論文紹介 最新論文 注目論文 研究論文 技術動向 新モデル
            モデル モデルと研究 研究と技術 研究・技術 最先端研究""",
        hints="""研究 論文 论文 學術 学术 前沿 模型 モデル
            research|paper|papers|arxiv|model|models|science|vision|language|agents|benchmarks""",
    ),
    "tools": SectionWords(
        label="工具與應用",
        headings="""工具與資源 工具与资源 工具 開發工具 开发工具 開發者工具 开发者工具 開源工具 开源工具 開源項目 开源项目 開源專案 开源专案 開源動態
            开源动态 工具推薦 工具推荐 工具與框架 工具与框架 開源與工具 开源与工具 工具與平台 工具与平台 開發資源 开发资源
            tools & resources|tools|developer tools|dev tools|open source|tools & frameworks|
            open source tools|tools & platforms|
            tooling|open source & tools""",
        japanese="""ツール 開発ツール オープンソース 開発者向け ツールとリソース ツール紹介
            注目プロジェクト 注目リポジトリ""",
        hints="""開源 开源 工具 オープンソース ツール 專案 项目
            open source|open-source|github|repositories|repos|tool|tools|developer|engineering|
            code""",
    ),
    "industry": SectionWords(
        label="產業",
        headings="""產業與應用動態 产业与应用动态 產業應用 产业应用 產業動態 产业动态 應用動態 应用动态 行業應用 行业应用 行業動態 行业动态
            產業與應用 产业与应用 企業應用 企业应用 應用案例 应用案例 應用落地 应用落地 產業新聞 产业新闻 產品與應用 产品与应用
            產品動態 产品动态
            industry applications|industry & applications|applications|industry|industry news|
            industry updates|
            enterprise applications|business applications|products & applications|product updates|
            applications & industry|enterprise|
            industry & application updates""",
        japanese="""業界動向 業界ニュース 企業動向 製品 製品アップデート 新製品 産業 企業 ビジネス活用
            活用事例 導入事例 サービス""",
        hints="""產品 产品 產業 产业 企業 企业 應用 应用 公司 機器人 机器人 硬體 硬件 製品 業界
            product|products|launch|launches|industry|business|company|companies|enterprise|
            startups|
            robotics|hardware""",
    ),
    "trends": SectionWords(
        label="趨勢",
        headings="""產業趨勢與觀點 产业趋势与观点 趨勢與觀點 趋势与观点 行業趨勢 行业趋势 產業趨勢 产业趋势 行業觀點 行业观点 專家觀點
            专家观点 觀點與趨勢 观点与趋势 趨勢觀察 趋势观察 趨勢 趋势 觀點 观点 趨勢洞察 趋势洞察 趨勢與洞察 趋势与洞察
            行業趨勢與觀點 行业趋势与观点
            industry trends & insights|trends & insights|trends & perspectives|trends & opinions|
            industry trends|trends|opinions|
            opinion|perspectives|viewpoints|insights & trends""",
        japanese="""トレンド 展望 業界トレンド 意見 視点 考察 話題""",
        hints="""趨勢 趋势 觀點 观点 展望 社會 社会 社媒 社群 政策 監管 监管 SNS 業界の展望
            trend|trends|opinion|opinions|analysis|policy|regulation|society|social|community|
            deep dive""",
    ),
    "market": SectionWords(
        label="市場",
        headings="""市場動態精選 市场动态精选 市場動態 市场动态 市場 市场 市場與投資 市场与投资 投融資動態 投融资动态 投融資 投融资 融資動態
            融资动态 投資動態 投资动态 投資與併購 投资与并购 資本市場 资本市场 商業動態 商业动态 市場要聞 市场要闻 市場與資本
            市场与资本 商業與市場 商业与市场
            key market updates|market updates|market|markets|market news|funding|funding & m&a|
            investment|investments|
            business & market|market & investment|business|business updates|deals""",
        japanese="""市場 市場動向 投資 資金調達 ビジネス 経済 買収""",
        hints="""融資 融资 投資 投资 市場 市场 資金 资金 股市 經濟 经济
            funding|investment|market|markets|finance|m&a|deals|economy""",
    ),
    "editorial": SectionWords(
        label="編輯觀點",
        headings="""編輯洞察 编辑洞察 編輯觀點 编辑观点 編輯點評 编辑点评 編輯觀察 编辑观察 編輯評論 编辑评论 編輯手記 编辑手记 編者按
            编者按 主編觀點 主编观点 主編洞察 主编洞察 洞察 今日洞察 編輯總結 编辑总结 今日總結 今日总结 總結與洞察 总结与洞察
            編輯室觀察 编辑室观察 總編觀點 总编观点 深度洞察
            editor's insight|editor's insights|editor's note|editor's notes|editor's take|
            editor's view|today's synthesis|synthesis|editorial|editorial insight|
            editorial insights|insights|insight|analysis|editor's analysis|editor's commentary|
            editors' insights""",
        japanese="""編集後記 編集者の視点 編集部より コラム 論説 所感 編集部の視点""",
    ),
    "resources": SectionWords(
        label="資源",
        headings="""延伸閱讀與資源 延伸阅读与资源 延伸閱讀 延伸阅读 延伸資源 延伸资源 參考資料 参考资料 參考資源 参考资源 相關資源 相关资源
            更多資源 更多资源 閱讀與資源 阅读与资源 擴展閱讀 扩展阅读 學習資源 学习资源 資源 资源 參考與延伸閱讀 参考与延伸阅读
            further reading & resources|further reading|further resources|resources|references|
            reading & resources|
            additional resources|more resources|extended reading|extended reading & resources|
            resources & further reading""",
        japanese="""参考文献 関連リンク 参考資料 リソース 関連資料 おすすめ記事""",
    ),
    "other": SectionWords(
        label="其他",
    ),
}
HINT_ORDER: tuple[SectionKind, ...] = (
    "research",
    "tools",
    "market",
    "trends",
    "industry",
    "headlines",
)
"""Kinds with hints; the first that fits counts, so narrow kinds come before broad ones."""
