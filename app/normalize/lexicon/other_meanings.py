"""Latin names that mean something else as well, by the words of the other meaning.

Claude Monet, an Apple orchard, the Orion nebula, Epic in a hospital. `before` and `after` decide at
once. `nearby` words in the sentence decide if none of the name's own words stands nearer. All words
are folded.
"""

import re
from dataclasses import dataclass
from functools import cache

_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class OtherMeaning:
    """Words beside a name that tell of another meaning than the one catalogued."""

    before: re.Pattern[str]
    """Matched against the text that ends where the name begins."""
    after: re.Pattern[str]
    """Matched where the name ends."""
    nearby: re.Pattern[str]
    """Searched in the sentence."""


def _alternatives(words: str) -> str:
    """Return a pattern of words separated by `|`; a Latin word ends where its letters end."""
    patterns: list[str] = []
    for word in " ".join(words.split()).split("|"):
        pattern = re.escape(word.strip())
        if word.strip()[-1:].isascii():
            pattern += r"s?(?![a-z])"
        patterns.append(pattern)
    return "|".join(patterns)


def _words(words: str) -> re.Pattern[str]:
    """Return a pattern that finds any of the words, not inside a longer Latin word."""
    return re.compile(rf"(?<![a-z])(?:{_alternatives(words)})") if words else _NOTHING


def _meaning(
    before: str = "", after: str = "", nearby: str = "", joint: str = r"[ \-·・‧]*"
) -> OtherMeaning:
    """Return a meaning by its words; `joint` is a pattern between the name and `after`."""
    before_pattern = after_pattern = _NOTHING
    if before:
        before_pattern = re.compile(rf"(?<![a-z])(?:{_alternatives(before)})[ \-·・‧]*$")
    if after:
        after_pattern = re.compile(rf"(?:{joint})(?:{_alternatives(after)})")
    return OtherMeaning(before_pattern, after_pattern, _words(nearby))


_HEALTH_RECORDS = _meaning(
    before="run|running",
    after="ehr|emr|systems|mychart|hyperspace|电子病历|病历|医疗",
    nearby="""hospital|patient|clinic|clinician|ehr|emr|health system|health record|oracle health|
    cerner|mychart|nurse|physician|doctor|医院|病历|病患|患者|医师|医生|医疗|电子健康|护理|临床""",
)
_TALE = _meaning(
    before="an|a truly|such an",
    after="tale|poem|saga|novel|film|movie|journey|adventure|scale|voyage|fantasy|史诗",
    nearby="novel|poem|saga|homer|gilgamesh|史诗|小说",
)
_FIRST_NAME = _meaning(
    before="jean|marie|saint|st|sir|actor|actress|painter|composer",
    after="""shannon|monet|debussy|bernard|levi|lévi|van damme|giroux|makelele|makélélé|chabrol|
    lorrain|lanzmann|mckay|mckenzie|juncker|puel|frollo|goldstein|berri|bolling|cahun|莫内|莫奈|
    香农|夏农|德布西""",
)
_DRIVER = _meaning(
    before="driver|车手",
    after="räikkönen|raikkonen|antonelli|no na wa|kobayashi|werner|onoda|hagino",
    nearby="f1|formula 1|grand prix|赛车|车手|分站赛|君の名は",
)
_PREFIX = _meaning(
    joint=r"-| (?=analys[ie]s|learning|cognition|physics|prompting|heuristic|reinforcement)",
    after="""analysis|analyses|analytic|learning|learner|cognition|cognitive|data|prompt|physics|
    prompting|programming|model|heuristic|game|ethics|narrative|optimization|optimizer|level|
    evaluation|reasoning|agent|study|studies|reinforcement|description|tag|regression""",
)
_ZODIAC = _meaning(
    before="project|nasa's|nasa|sun in|moon in",
    after="season|zodiac|horoscope|capsule|spacecraft|mission|astronaut|座|号",
    nearby="horoscope|zodiac|astrology|taurus|aquarius|constellation|星座|占星|双鱼|apollo",
)
_WIND = _meaning(
    after="wind|blew|blows|gust|风",
    nearby="rhône|rhone|provence|blew|gust|windmill|强风|北风|普罗旺斯",
)
_STICKING = _meaning(
    before="ideas|chapters|paragraphs|sentences",
    after="around|poorly|together|into|better",
)
_MEASURE = _meaning(
    before="""lower|low|lowest|higher|high|validation|test|mean|average|training|reduces|reduced|
    wikitext|word level|token level|降低|更低|困惑度""",
    after="""of|score|curve|drops|dropped|falls|decrease|metric|loss|evaluation|降|上升|下降|从|由|
    指标|分数|值|曲线|低于|高于""",
    nearby="cross entropy|困惑度|交叉熵",
)
_AIRFIELD = _meaning(
    before="airport|fashion|机场",
    after="incursion|closed|lights|异物|跑道|封闭|走秀|大秀",
    nearby="""airport|aircraft|landing|takeoff|taxiway|fashion week|months of|机场|跑道|起降|航班|
    时装""",
)
_QUALITY = _meaning(
    before="improved|improves|training|numerical|financial|political|price",
    after="of|under|during|pact|fund",
)
_ROLE = _meaning(
    before="each|every|a|the|main|chinese|per|non player",
    after="""in|design|set|count|encoding|recognition|limit|development|of|string|error|arc|
    consistency|的设计|的塑造""",
    nearby="novel|protagonist|narrator|小说|漫画",
)
_ANIMAL = _meaning(
    before="pet|wild",
    after="wool|farm|farmer|trek|fur|meat|milk|antibody|antibodies|nanobody|nanobodies",
    nearby="andes|wool|vicuña|安第斯|安地斯|畜牧|牧民",
)
_SKY = _meaning(
    before="nasa|nasa's|nasa 的|constellation|constellation of|moon|猎户座|土卫六",
    after="""nebula|capsule|spacecraft|belt|constellation|spaceship|crew|mission|submersible|
    太空船|飞船|飞行器|星云|座|号|腰带|潜水器|深潜器|载人""",
    nearby="""nebula|artemis|constellation|saturn|telescope|astronomer|supernova|hubble|lunar|星云|
    绕月|登月|土星|天文|望远镜|超新星|太空人|航天员|宇航员|潜水器|铁达尼|泰坦尼克""",
)
_MYTH = _meaning(
    before="a|mythical",
    after="rises|rose|suns|framework|liveview|lander|凤凰|框架",
    nearby="ashes|mythical|myth|elixir|liveview|神话|浴火|涅槃",
)
_UNDERSTANDING = _meaning(
    before="fully|cannot|can't|didn't|不会",
    after="the|this|it|a|how|why",
    nearby="heinlein|stranger in a strange land|海因莱因|异乡异客",
)
_FRUIT = _meaning(
    before="granny smith|baked|caramel|candy|rotten|poisoned",
    after="""pie|juice|orchard|cider|tree|crumble|sauce|strudel|butter|picker|picking|harvest|
    grower|vinegar|blossom|fritter|tart|peel|variety|slice""",
    nearby="cinnamon|肉桂|果汁",
)
_RAINFOREST = _meaning(
    before="brazilian|peruvian|upper|lower",
    after="""rainforest|rain forest|river|basin|jungle|forest|delta|tribe|deforestation|biome|雨林|
    丛林|河|川|流域|盆地""",
    nearby="deforestation|manaus|砍伐",
)
_LAST_NAME = _meaning(before="taylor|jonathan|suzanne", after="boat|parrot")
_INVENTOR = _meaning(
    before="nikola|尼古拉|inventor",
    after="coil|valve|turbine|tower|线圈|阀|塔",
    nearby="magnetic field|mri|alternating current|磁场|磁振|核磁|交流电",
)
_PROPHECY = _meaning(
    before="delphic|price|blockchain|chainlink|test|预言机",
    after="bone|of delphi|at delphi|problem|manipulation|预言机",
    nearby="delphi|shang dynasty|chainlink|defi|smart contract|预言机|商代|神谕",
)
_SPACEFLIGHT = _meaning(after="计画|计划|座|号", nearby="宇宙飞行士|宇宙船|星占い|nasa")
_ART = _meaning(
    before="shakespeare's|beethoven's|chopin's|magnum|petrarchan|basho's",
    after="by shakespeare|cycle|sequence|posth",
    nearby="petrarch|十四行|俳句|奏鸣曲",
)
_NEW_STAR = _meaning(before="bossa|casa|villa|super|alma", after="scotia|southeastern")
_ORDER = _meaning(
    before="chain of|high|central command and|cyber|strategic|space|indo pacific|second in",
    after="line|prompt|and control|center|centre|post|economy|palette|key|指令",
)
_LETTER = _meaning(
    before="greek letter|golden ratio|coefficient",
    after="""coefficient|angle|phenomenon|function|beta kappa|correlation|statistic|value|symbol|
    node|系数|相关|值|函数""",
    nearby="chi squared|golden ratio|greek|integrated information|希腊字母|黄金比例",
)
_FIRST_NAME_OF_JAPAN = _meaning(
    before="主人公|主角|少年|声优|キャラクター|kingdom hearts|キングダムハーツ",
    after="の空|の声优|さん|くん|ちゃん|君|航空|city|キングダム",
    nearby="キングダムハーツ|kingdom hearts|王国之心",
)
_VERSE = _meaning(
    before="poet|诗人|俳人|petrarchan|shakespearean",
    after="in iambic|no.|number|by shakespeare|sequence|contest|诗|俳句",
    nearby="iambic|stanza|petrarch|rhyme scheme|十四行诗|俳句",
)
_NEURAL_NETWORK = _meaning(
    before="convolutional|1d|2d|3d|deep|graph|residual|卷积",
    after="""model|architecture|layer|trained|backbone|encoder|decoder|classifier|based|lstm|rnn|
    模型|架构|网络|网路|神经|层|骨干|编码器|分类器|モデル|ベース""",
    nearby="""convolution|convolutional|neural network|lstm|rnn|resnet|u net|vit|mnist|imagenet|
    pixel|feature map|receptive field|卷积|神经网络|神经网路|分类器|准确率|解析度|特征图|畳み込み|ニューラル""",
)
_UNIT_OF_MAGNETS = OtherMeaning(
    before=re.compile(r"(?:\d ?|ミリ|マイクロ)$"),
    after=re.compile(r"単位|コイル|缶|の磁|级の磁"),
    nearby=_words("磁场|磁束|mri|磁力"),
)
_ABOVE = OtherMeaning(
    before=_NOTHING,
    after=re.compile(r"认知|的|な(?![るいどらの])|情报|分析|言语|构造|视点|発言|読み"),
    nearby=_NOTHING,
)
_COSMOS = _meaning(
    before="weak|strong",
    after="principle of|principle in|principle say|principle hold|principle state|coincidence",
    nearby="cosmology|multiverse|宇宙学|宇宙论",
)
_SNAKE = _meaning(
    before="burmese|ball|reticulated|monty|green tree|rock",
    after="snake|bite|skin|hunter|that swallowed",
    nearby="everglades|reptile|serpent|venom|爬虫|蟒",
)
_ISLAND = _meaning(
    before="island of|central|east|west|on the island of|印尼|cup of",
    after="island|sea|coffee|man|tea|sparrow|岛|海",
    nearby="sumatra|jakarta|volcano|雅加达|爪哇|火山",
)
_CORROSION = _meaning(
    before="iron|leaf|stem|wheat",
    after="belt|stain|prevention|fungus|inhibitor|never sleeps",
    nearby="hull|corrosion|corroded|bumper|steel|锈蚀|除锈|生锈",
)
_FLIGHT = _meaning(
    before="pilot and|captain and|first officer and",
    after="of the flight|of the plane|seat",
    nearby="flight|cockpit|airliner|aircraft|airline|captain|runway|机师|机长|客机|航班|驾驶舱|副驾驶",
)
_INSTRUCTION = _meaning(after="of|in the|is to|below|above|of the guide")
_REST = _meaning(
    before="some|no|cut",
    after="""in the schedule|in the system|in the rope|in the line|in the budget|in the labor|
    water|tide|season|off|variable""",
)
# $12 a share; A-shares have a hyphen or name a market.
_ONE_SHARE = OtherMeaning(
    before=re.compile(r"(?:\d|dollars?|cents?|euros?|yuan|yen|pounds?|won|earnings|million)[ ]*$"),
    after=re.compile(r" (?:of|in|from|to|for|that|price|buyback|swap|sale)(?![a-z])|[.,;:!?)]|$"),
    nearby=_NOTHING,
)
# Licences for technology or patents are not licences for content.
_TECHNOLOGY = _meaning(
    before="technology|patent|chip|software|non exclusive|non-exclusive",
    nearby="inference technology|chip startup|patent",
)

_NAMES_BY_MEANING = (
    ((_ONE_SHARE,), "a share"),
    ((_TECHNOLOGY,), "licensing deal|licensing deals"),
    ((_HEALTH_RECORDS, _TALE), "epic"),
    ((_FIRST_NAME,), "claude"),
    ((_DRIVER,), "kimi"),
    ((_PREFIX,), "meta"),
    ((_ZODIAC,), "gemini"),
    ((_SPACEFLIGHT,), "ジェミニ"),
    ((_WIND,), "mistral"),
    ((_STICKING,), "cohere"),
    ((_MEASURE,), "perplexity"),
    ((_AIRFIELD,), "runway"),
    ((_QUALITY,), "stability"),
    ((_ROLE,), "character"),
    ((_ANIMAL,), "llama|alpaca|vicuna"),
    ((_SKY, _NEW_STAR), "nova"),
    ((_ORDER,), "command"),
    ((_LETTER,), "phi"),
    ((_FIRST_NAME_OF_JAPAN,), "sora"),
    ((_NEURAL_NETWORK,), "cnn"),
    ((_UNIT_OF_MAGNETS,), "テスラ"),
    ((_ABOVE,), "メタ"),
    ((_SKY,), "orion|titan|apollo|artemis|luna|atlas|sol|pleiades"),
    ((_MYTH,), "phoenix"),
    ((_UNDERSTANDING,), "grok"),
    ((_FRUIT,), "apple|blackberry|raspberry"),
    ((_RAINFOREST,), "amazon|アマゾン"),
    ((_LAST_NAME,), "swift"),
    ((_INVENTOR,), "tesla"),
    ((_PROPHECY,), "oracle"),
    ((_ART,), "opus|suno"),
    ((_ART, _VERSE), "sonnet|haiku"),
    ((_COSMOS,), "anthropic"),
    ((_SNAKE,), "python|anaconda"),
    ((_ISLAND,), "java|manus"),
    ((_CORROSION,), "rust"),
    ((_REST,), "slack"),
    ((_FLIGHT,), "copilot"),
    ((_INSTRUCTION,), "step 3|step 2|step 1"),
)

OWN_WORDS = _words(
    """model|launch|launches|launched|release|releases|released|announce|announces|announced|ceo|
    revenue|shares|stock|startup|company|chatbot|api|app|llm|benchmark|weights|open source|raised|
    raises|funding|version|user|developer|employee|subscriber|sued|lawsuit|acquire|acquires|
    acquired|unveils|unveiled|mac|iphone|ipad|siri|ios|cloud|bedrock|aws|google|openai|anthropic|
    sonnet|opus|deepmind|xai|musk|zuckerberg|sweeney|fortnite|epic games|app store|games|
    公司|集团|模型|大模型|发布|发表|推出|宣布|公布|开源|收购|投资|资料中心|数据中心|data center|融资|新创|股价|市值|营收|财报|执行长|首席|用户|
    开发者|应用程序|应用商店|商店|平台|旗下|官方|团队|谷歌|微软|马斯克|游戏|版本|更新|升级|服务|研究者|研究员|工程师|
    発売|发売|発表|买収|开発|提供|契约|搭载|ユーザー|社员|モデル|サービス|株価|株价|株は|株が|大手が|大手は|大手の|データセンター"""
)
"""Words of a company, a product or a model."""

COMPANIES = frozenset("perplexity cohere grok runway llama mistral メタ ジェミニ".split())
"""Names that a word of a company in the sentence is context enough for."""


@cache
def other_meanings() -> dict[str, tuple[OtherMeaning, ...]]:
    """Return folded name → its other meanings."""
    meanings: dict[str, tuple[OtherMeaning, ...]] = {}
    for known, names in _NAMES_BY_MEANING:
        for name in names.split("|"):
            meanings[name] = known
    return meanings
