"""Words of dailies for their parts and fields, in both Chinese scripts, English and Japanese.

New words go here: Chinese words are split at spaces, English phrases, which follow them, at `|`.
`vocabulary.py` matches headings and labels with them. Words of sections are in `section_kinds.py`.
"""

import re

from app.parse.kinds import (
    Apparatus,
    FieldName,
    Level,
    Part,
)

PARTS: dict[Part, str] = {
    "watchlist": """關注清單 关注清单 觀察清單 观察清单 追蹤清單 追踪清单 關注列表 关注列表 觀察名單 观察名单 關注名單 关注名单 值得關注清單 值得关注清单
        持續關注 持续关注 後續關注 后续关注 關注重點 关注重点
        watchlist|watch list|what to watch|things to watch|on our radar|to watch""",
    "readings": """深度文章推薦 深度文章推荐 深度文章 文章推薦 文章推荐 推薦文章 推荐文章 推薦閱讀 推荐阅读 深度閱讀 深度阅读 精選文章
        精选文章 推薦深度文章 推荐深度文章 延伸文章 必讀文章 必读文章
        recommended articles|recommended reading|recommended reads|in-depth articles|deep dives|
        deep reads|long reads|
        featured articles|must reads|reading list|suggested reading""",
    "background": """相關技術背景 相关技术背景 技術背景 技术背景 背景知識 背景知识 技術背景知識 技术背景知识 名詞解釋 名词解释 術語解釋
        术语解释 術語 术语 背景 背景說明 背景说明 概念解釋 概念解释
        technical background|related technical background|background|background notes|
        background knowledge|glossary|terminology|
        key concepts|concepts explained""",
    "keywords": """本日關鍵詞 本日关键词 今日關鍵詞 今日关键词 關鍵詞 关键词 關鍵字 关键字 今日關鍵字 今日关键字 本日關鍵字 本日关键字 今日标签 標籤雲 标签云
        keywords|today's keywords|key words|keywords of the day|key terms|today's key terms|
        daily keywords""",
}

FIELDS: dict[FieldName, str] = {
    "summary": """核心摘要 摘要 內容 内容 正文 內容摘要 内容摘要 重點摘要 重点摘要 新聞摘要 新闻摘要 概要 內容概要 内容概要 核心內容 核心内容 簡介 简介
        要點摘要 要点摘要
        summary|core summary|key summary|executive summary|abstract|tl;dr|tldr|overview|in brief|
        brief""",
    "technical": """技術細節 技术细节 技術要點 技术要点 技術重點 技术重点 技術解析 技术解析 技術說明 技术说明 技術內容 技术内容 技術詳情
        技术详情 關鍵技術 关键技术 細節 细节
        technical details|technical detail|tech details|technical highlights|technical points|
        technical|details|how it works|
        technical notes""",
    "applications": """應用場景 应用场景 使用場景 使用场景 適用場景 适用场景 應用情境 应用情境 使用情境 應用領域 应用领域 應用 应用 應用案例 应用案例
        應用方向 应用方向
        application scenarios|application scenario|applications|application|use cases|use case|
        usage scenarios|scenarios""",
    "takeaways": """技術啟示 技术启示 技術啓示 技術洞察 技术洞察 啟示 启示 啓示 洞察 關鍵啟示 关键启示 重點啟示 重点启示 技術觀點 技术观点
        技術影響 技术影响 关键洞察 關鍵洞察
        takeaways|takeaway|key takeaways|technical takeaways|technical insights|technical insight|
        insights|insight|implications|
        lessons|lessons learned|technical implications|key insights""",
    "entities": """關鍵實體 关键实体 實體 实体 相關實體 相关实体 主要實體 主要实体 涉及實體 涉及实体 重要實體 重要实体 提及實體 提及实体
        key entities|entities|named entities|related entities|main entities|entities mentioned|
        key entity""",
    "importance": """重要性 重要程度 重要度 重要級別 重要级别 重要性評級 重要性评级 重要性評估 重要性评估 重要等級 重要等级 優先級 优先级
        importance|importance level|priority|significance|impact level""",
    "sources": """來源 来源 資料來源 资料来源 數據來源 数据来源 新聞來源 新闻来源 消息來源 消息来源 信息來源 信息来源 資訊來源 资讯来源 出處 出处 參考來源
        参考来源 參考資料 参考资料 參考連結 参考连结 参考链接 原文連結 原文连结 原文链接 原文鏈接 來源連結 来源连结 来源链接 原文 連結 连结 链接 鏈接 參考 参考
        文章來源 文章来源
        source|sources|source link|source links|reference|references|link|links|original|
        original article|read more|via""",
}

# Words ordinary bullets begin with, too: below another field's label they count only in emphasis.
WEAK = """應用 应用 內容 内容 正文 細節 细节 洞察 啟示 启示 啓示 摘要 簡介 简介 概要 原文 連結 链接 鏈接 參考 参考 應用案例 应用案例 關鍵技術
    关键技术 details|technical|applications|application|insight|insights|original|link|links|
        reference|references|via|brief|
    overview|implications|lessons|scenarios"""

# Labels of special parts that refer to the whole document; 背景 alone may be an item's own.
OF_THE_DOCUMENT = re.compile(
    r"清單|清单|列表|名單|名单|本日|今日|watch ?list|to watch|today|of the day|daily"
)

LEVELS: dict[Level, str] = {
    "high": """高 極高 极高 很高 非常高 最高 重大 關鍵 关键 高度 高優先 高优先 必讀 必读 必看 重磅 🔴
        must read|must-read|high|critical|highest|very high|extremely high|major|top""",
    "medium_high": """中高 中偏高 偏高 較高 较高 中上 次高 中至高 中~高 高中 🟠
        medium-high|medium high|mid-high|medium to high|moderately high|fairly high""",
    "medium": """中 中等 一般 普通 中度 中級 中级 🟡
        medium|moderate|mid|middle|normal|average""",
    "medium_low": """中低 中偏低 偏低 較低 较低 中下 中至低 中~低
        medium-low|medium low|mid-low|medium to low|moderately low|fairly low""",
    "low": """低 很低 極低 极低 最低 低度 輕微 轻微 🟢
        low|lowest|very low|minor|minimal""",
}

_SAID = "詳述|详述|聚焦|涵蓋|涵盖|說明|说明|介紹|介绍|提及|報導|报道|收錄|收录|敘述|叙述"
CONTAINER = re.compile(
    r"(?:其他|其它|更多|另有|次要|補充|补充).*"
    r"(?:更新|動態|动态|趨勢|趋势|觀點|观点|新聞|新闻|消息|進展|进展|研究|論文|论文|工具|資源|资源|應用|应用|市場|市场|產業|产业"
    r"|要聞|要闻|資訊|资讯|速覽|速览|精選|精选|節選|节选|重點|重点|事件|報導|报道)"
    r"|^(?:快訊|快讯|簡訊|简讯|短訊|短讯|短新聞|短新闻|速覽|速览|速遞|速递|新聞速遞|新闻速递|一句話新聞|一句话新闻|其他|其它|簡報|简报"
    r"|要聞速覽|要闻速览|快速瀏覽|快速浏览)$"
    r"|^(?:other|more|additional|also|further|minor)\b.*"
    r"\b(?:updates?|news|stories|research|papers|tools|resources|trends?|items|developments|"
    r"headlines|briefs|applications|market"
    r"|highlights)\b"
    r"|^(?:in brief|briefs|briefly|quick hits|quick takes|quick bites|news briefs|short takes|"
    r"roundup|also noted"
    r"|honou?rable mentions|others?|bits)$"
)
POINTER = re.compile(
    r"不再?(?:重複|重复|贅述|赘述|展開|展开|詳述|详述|另述)|恕不|不另(?:述|行說明|行说明)"
    r"|(?:已|均|皆)[經经]?(?:於|于|在).{0,16}"
    r"(?:上文|前文|下文|文中|上述|前述|段落|章|[本上下前一]節|[本上下前一]节|部分|板塊|板块).{0,10}(?:"
    + _SAID
    + ")"
    r"|(?:^|[（(，,；;。]\s*)(?:詳見|详见|請見|请见|請參閱|请参阅|請參見|参见|參見|同上|見上文|见上文|見前文|见前文"
    r"|見「|見『|见「|见“|見本)"
    r"|\b(?:see (?:above|below|also|the|section|under|[\"“「])"
    r"|(?:covered|described|discussed|detailed|reported) (?:above|below|earlier|elsewhere|"
    r"(?:in|under) (?:the |[\"“「]))"
    r"|not repeated|as (?:noted|described|covered) (?:above|earlier)|already covered)",
    re.IGNORECASE,
)
# Says that a name or place has no news.
NOTHING_NEW = re.compile(
    r"(?:^|[：:—–]\s*|[*\s-]{2,}|\*\s)(?:(?:[今本][日天周週期]|目前|暂|暫)?(?:[無无]|沒有|没有)(?:任何)?新?"
    r"(?:文章|消息|動態|动态|更新|內容|内容|新聞|新闻|進展|进展|論文|论文)"
    r"|(?:網站|网站|連線|连接).{0,12}(?:無法|无法)(?:確認|确认)"
    r"|(?:新着|更新|該当)(?:記事|情報|ニュース)?(?:なし|はありません)"
    r"|(?:no|nothing)\s(?:new|major|significant|notable|updates?|news)\b)",
    re.IGNORECASE,
)
# A quoted name may be a section's, or an event's: 已於「開發者大會」介紹 points nowhere.
POINTER_QUOTED = re.compile(
    r"(?:已|均|皆)[經经]?(?:於|于|在)\s*[「『“\"](?P<name>[^「」『』“”\"]{1,40})[」』”\"].{0,10}(?:"
    + _SAID
    + ")"
)
# Of a text that is all an item says, less is enough to show that it points elsewhere.
POINTER_ALONE = re.compile(
    r"(?:詳見|详见|請見|请见|請參考|请参考|請參閱|请参阅|請參見|请参见|參見|参见|參考|参考|已併入|已并入|已合併至|已合并至|已移至|併入|并入)"
    r".{0,24}(?:[「『“\"《]|章節|章节|[一本上下前][節节]|部分|板塊|板块)|見[上下][文方]|见[上下][文方]|[上下]方.{0,16}(?:章節|章节|段落)"
    r"|\bsee\b.{1,60}\b(?:above|below|section)\b|\b(?:covered|described|discussed|full story|"
    r"details?) (?:is |are )?in\b",
    re.IGNORECASE,
)

# Japanese words are separate: their characters are neither Traditional nor Simplified Chinese.
JAPANESE_FIELDS: dict[FieldName, str] = {
    "summary": """要約 概要 サマリー まとめ 要点""",
    "technical": """技術詳細 技術的詳細 詳細 技術ポイント""",
    "applications": """活用例 応用 ユースケース 利用シーン""",
    "takeaways": """示唆 実践ポイント ポイント 学び 考察""",
    "entities": """関連企業 登場企業 固有名詞 キーエンティティ""",
    "importance": """重要度 注目度 おすすめ度 評価""",
    "sources": """出典 情報源 ソース リンク 参考リンク 元記事 引用元 参照""",
}

APPARATUS: dict[Apparatus, str] = {
    "contents": """目錄 目录 大綱 大纲 目次 導覽 导览 本期目錄 本期目录 本期內容 本期内容 索引
        contents|table of contents|toc|index|in this issue|jump to|outline|navigation""",
    "digest": """總結 总结 摘要 內容摘要 内容摘要 今日摘要 本期摘要 概覽 概览 總覽 总览 今日概覽
        今日概览 今日要點 今日要点 本日要點 要點 要点 重點 速覽 速览 今日速覽 今日速览 要點速覽
        一句話總結 一句话总结 今日概要 概要 導讀 导读 前言 導言 导言 今日看點 今日看点 核心要点
        核心要點 本日のハイライト 今日のハイライト ハイライト まとめ 今日のまとめ ニュースまとめ
        本日のまとめ 要約 サマリー 今日の要点 今日のポイント 本日のポイント 注目ポイント 三行まとめ 3行まとめ
        요약 핵심요약
        tl;dr|tldr|summary|highlights|today's highlights|key takeaways|takeaways|at a glance|
        overview|
        introduction|intro|content summary|quick summary|in short|key points|executive summary|
        오늘의 한 줄|한 줄 요약|오늘의 요약|핵심 요약|
        the gist|today in brief|scoop|daily summary|ai scoop""",
    "references": """參考資料 参考资料 參考連結 参考连结 参考链接 參考文獻 参考文献 引用 引用來源
        引用来源 資料來源 资料来源 來源 来源 來源列表 来源列表 相關連結 相关链接 原文連結 原文链接
        参考リンク 引用元 出典 出典一覧 情報源 ソース 参照 関連リンク リンク集
        출처 참고 참고자료 참고문헌
        참고 자료|참고 링크|관련 링크|
        sources|references|links|reference links|source list|citations|footnotes|bibliography|
        source links|all links""",
    "notes": """報告說明 报告说明 說明 说明 免責聲明 免责声明 聲明 声明 關於 关于 關於本報 关于本报
        關於我們 关于我们 備註 备注 製作說明 編輯說明 方法說明 方法论 資料說明 数据说明
        注意事項 このレポートについて 免責事項 について
        about|disclaimer|methodology|notes|colophon|about this newsletter|credits|license|
        about us|how this is made|acknowledgements""",
    "promotion": """訂閱 订阅 關注我們 关注我们 贊助 赞助 贊助商 赞助商 廣告 广告 收聽 收听 加入我們
        加入我们 招聘 往期 往期回顧 往期回顾 往期精選 往期精选 分享 聯絡我們 联系我们 社群 社区群
        音声版 スポンサー 購読 フォロー お知らせ 広告 バックナンバー
        sponsor|sponsors|sponsored|sponsored by|our sponsor|today's sponsor|subscribe|advertisement|
        ads|follow us|listen|share|support us|join us|join the community|partners|promo|
        previous issues|past issues|archive|stay connected|contact|thanks for reading|
        feedback|refer a friend|tell a friend|advertise with us|share this issue|together with|
        presented by""",
    "actions": """行動建議 行动建议 行動項目 行动项 今日行動 待辦 待办 待辦事項 下一步 アクションアイテム
        今日のアクションアイテム 次のアクション やること
        practical tips|action items|actions|to do|todo|next steps|to-do""",
    "statistics": """統計 统计 數據統計 数据统计 今日統計 今日统计 統計資訊 統計情報
        statistics|stats|by the numbers|numbers""",
}
# Words of apparatus that count inside a longer heading, such as 收听语音版AI日报.
APPARATUS_INSIDE: dict[Apparatus, str] = {
    "contents": "目錄 目录 目次 table of contents",
    "digest": "摘要 ニュースまとめ ハイライト 秒速览 秒速覽 分钟速览 分鐘速覽 一句話總結 一句话总结 tl;dr|tldr|summary|scoop|at a glance",
    "references": "參考資料 参考资料 參考連結 参考链接 参考リンク 參考文獻 参考文献 references|bibliography",
    "notes": "免責 免责 報告說明 报告说明 採集狀態 采集状态 來源狀態 来源状态 數據源狀態 数据源状态 "
    "取得できなかった 確認が困難 source status|collection status|disclaimer|methodology",
    "promotion": "訂閱 订阅 贊助 赞助 收听 收聽 語音版 语音版 音声版 關注我們 关注我们 スポンサー "
    "sponsor|subscribe|audio version|voice edition|audio edition|voice version|newsletter",
    "actions": "アクションアイテム 行動建議 行动建议 action items",
    "statistics": "統計資訊 統計情報",
}
# Labels of links that point at a source and are no title of their own.
POINTER_LABELS = """來源 来源 原文 連結 连结 链接 鏈接 詳情 详情 更多 更多詳情 更多详情 閱讀全文 阅读全文 阅读原文
    閱讀原文 全文 論文 论文 論文地址 论文地址 項目地址 项目地址 專案地址 代碼 代码 程式碼 官網 官网 網站 网站 報導
    报道 新聞 新闻 文章 查看 點此 点此 這裡 这里 公告 原文連結 原文链接 閱讀更多 阅读更多 了解更多 查看詳情
    查看详情 演示 文檔 文档 討論 讨论 影片 视频 推文 貼文 博客 部落格 直達 直达 传送门 傳送門
    リンク 出典 原文 続きを読む もっと詳しく 詳しくはこちら 詳細 元記事 記事 こちら 論文 論文はこちら
    source|sources|link|links|url|read more|read|more|details|learn more|full story|full article|
        article|paper|
    papers|pdf|code|repo|repository|github|arxiv|website|site|homepage|blog|blog post|docs|
        documentation|demo|
    here|original|hn|hacker news|discussion|comments|thread|tweet|post|video|news|announcement|
        release|
    release notes|project|project page|model|dataset|hugging face|huggingface|reddit|x|twitter|
        press release|
    report|via|visit|try it|get the full scoop|web|doi|abs|html"""
# Labels of numbers and stars, which are an importance only where a rating follows.
RATING_LABELS = """評分 评分 熱度 热度 推薦度 推荐度 推薦指數 推荐指数 熱度指數 热度指数 星級 星级
    スコア 評価 おすすめ度 注目度
    score|rating|ratings|stars|heat|hotness|hype"""
# Labels of what a newsletter says on one story. They head no news of their own.
ASPECTS = """為什麼重要 为什么重要 為何重要 为何重要 發生了什麼 发生了什么 怎麼看 怎么看 我們的看法 我们的看法 意味著什麼 意味着什么
    點評 点评 短評 短评 解讀 解读 影響 影响 背景 亮點 亮点 意義 意义 價值 价值 事件 事件經過 事件经过 核心信息 關鍵信息 关键信息
    一句話總結 一句话总结 なぜ重要か 何が起きたか ここがポイント 背景と影響
    what's new|what happened|what it is|what it does|what this means|what it means|what's next|
    what they're saying|what they say|why it matters|why this matters|why you should care|so what|
    how it works|the details|the rundown|the big picture|the bottom line|bottom line|the takeaway|
    the backstory|the intrigue|state of play|driving the news|between the lines|behind the news|
    by the numbers|go deeper|zoom in|zoom out|yes, but|reality check|catch up quick|our take|
    my take|hot take|we're thinking|results|access|availability|pricing|context|impact|background|
    key points|key details|key facts|the problem|the solution|the catch|the point"""
# Labels before a title: `標題：…`.
TITLE_LABELS = """標題 标题 題目 题目 新聞標題 新闻标题 名稱 名称 タイトル 見出し 件名
    title|headline|name|paper title"""
