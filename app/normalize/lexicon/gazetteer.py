"""Proper names that other names are built from: makers, places and given names.

A maker before a product (`NVIDIA H100`, 華為昇騰, `openai/whisper`) is usually redundant and can be
removed. A place or a given name must stay. Rows are `identity, spelling … | 中文 …`; spellings are
joined and in lower case.
"""

import re
from functools import cache

from app.normalize.text.folding import fold

_MAKERS = """
openai, openaidevs
anthropic, anthropicai
google, googleai | 谷歌
deepmind, googledeepmind
microsoft, msft | 微軟
meta, metaai, facebookresearch, metallama, aiatmeta
facebook | 臉書
apple | 蘋果
amazon | 亞馬遜
aws, amazonwebservices
nvidia, nvidiaai | 輝達 英偉達
amd
intel | 英特爾
ibm
qualcomm | 高通
samsung | 三星
huawei | 華為
alibaba | 阿里巴巴 阿里
alibabacloud, aliyun, alicloud | 阿里雲
tongyi | 通義
tencent | 騰訊
baidu | 百度
bytedance | 字節跳動 字節 位元組跳動
xiaomi | 小米
jd | 京東
meituan | 美團
netease | 網易
iflytek | 科大訊飛 訊飛
sensetime | 商湯
mistral, mistralai
deepseek, deepseekai | 深度求索
xai, xaiorg
moonshot, moonshotai | 月之暗面
zhipu, zhipuai, zai, zaiorg, thudm | 智譜
minimax, minimaxai | 稀宇
stepfun, stepfunai | 階躍星辰 階躍
baichuan, baichuaninc | 百川
cohere, cohereai, c4ai, cohereforai
perplexity, perplexityai, pplxai
stabilityai, stability
runway, runwayml
huggingface, huggingfaceh4
databricks, mosaicml
salesforce
adobe
oracle | 甲骨文
tesla | 特斯拉
boston dynamics | 波士頓動力
figureai
unitree | 宇樹
ai21, ai21labs
allenai, ai2
nous, nousresearch
together, togethercomputer, togetherai
groq
cerebras
vercel
replicate
elevenlabs
suno
kuaishou, klingai | 快手
shengshu, shengshuai | 生數
sony | 索尼
lg, lgai, lgaiexperience
naver
sktelecom, sk
softbank | 軟銀
tsmc | 台積電
mediatek, mtk | 聯發科
foxconn, honhai | 鴻海 富士康
asus | 華碩
acer | 宏碁
dell | 戴爾
hp | 惠普
lenovo | 聯想
siemens | 西門子
bosch | 博世
cisco | 思科
snowflake
atlassian
anysphere
cognition, cognitionai
liquidai
inflection, inflectionai
poolside
arcee, arceeai
black forest labs, blackforestlabs, bfl
lightricks
lumalabs, luma
ideogramai
tiiuae, tii
bigcode
eleutherai
stanford, stanfordnlp | 斯坦福 史丹佛
uc
spacex
waymo
moorethreads | 摩爾線程
cambricon | 寒武紀
biren | 壁仞
hygon | 海光
"""

# Owners of brands: a company and its own arm are not two competing makers.
_PARENTS = {
    "aws": "amazon",
    "facebook": "meta",
    "deepmind": "google",
    "alibabacloud": "alibaba",
    "tongyi": "alibaba",
    "aliyun": "alibaba",
}

# Names whose "X AI", "X Labs" or "X Research" is an arm or a product of X, not a longer name of X.
_NAMES_WITH_ARMS = frozenset(
    """
google microsoft meta facebook apple amazon aws nvidia amd intel ibm qualcomm samsung huawei
alibaba alibabacloud tencent baidu bytedance xiaomi salesforce adobe oracle tesla sony lg naver
softbank dell lenovo siemens bosch cisco snowflake databricks atlassian vercel cloudflare github
gitlab notion slack zoom canva figma shopify grammarly duolingo zapier pydantic spring laravel
django jetbrains mozilla firefox chrome opera brave bing yahoo yandex line snap snapchat x spotify
netflix uber airbnb paypal stripe visa mastercard sap servicenow workday hubspot intuit twilio
dropbox box miro airtable asana monday linear proton duckduckgo wordpress wix squarespace elastic
mongodb redis postgres supabase berkeley stanford harvard princeton mit oxford cambridge cmu
firebase docker kubernetes red vertex azure gcp office windows android ios macos pixel galaxy
watson unity unreal ryzen wps raycast nasa wikipedia youtube linkedin reddit twitter tiktok
instagram whatsapp telegram discord logitech open sakura chatgpt gpt llama
""".split()
)

_PLACES = """
us, usa, unitedstates, america, unitedstatesofamerica | 美國;
uk, unitedkingdom, britain, greatbritain | 英國; eu, europeanunion | 歐盟; europe, european | 歐洲;
asia, asian | 亞洲; africa, african | 非洲; middleeast | 中東; china, chinese | 中國 大陸; taiwan | 台灣 臺灣;
hongkong | 香港; macau, macao | 澳門; japan, japanese | 日本; korea, southkorea, korean | 韓國 南韓;
northkorea | 北韓 朝鮮; india, indian | 印度; singapore | 新加坡; malaysia | 馬來西亞; indonesia | 印尼 印度尼西亞;
thailand | 泰國; vietnam | 越南; philippines | 菲律賓; australia | 澳洲 澳大利亞; newzealand | 紐西蘭 新西蘭;
canada | 加拿大; mexico | 墨西哥; brazil | 巴西; argentina | 阿根廷; chile | 智利; colombia | 哥倫比亞;
germany | 德國; france | 法國; italy | 義大利 意大利; spain | 西班牙; portugal | 葡萄牙; netherlands | 荷蘭;
belgium | 比利時; switzerland | 瑞士; austria | 奧地利; sweden | 瑞典; norway | 挪威; denmark | 丹麥;
finland | 芬蘭; iceland | 冰島; ireland | 愛爾蘭; poland | 波蘭; czech, czechrepublic, czechia | 捷克;
hungary | 匈牙利; romania | 羅馬尼亞; greece | 希臘; turkey | 土耳其; russia | 俄羅斯; ukraine | 烏克蘭;
israel | 以色列; palestine | 巴勒斯坦; iran | 伊朗; iraq | 伊拉克; saudiarabia | 沙烏地阿拉伯 沙特阿拉伯 沙烏地 沙特;
uae, unitedarabemirates | 阿聯酋 阿拉伯聯合大公國; qatar | 卡達 卡塔爾; kuwait | 科威特; egypt | 埃及;
southafrica | 南非; nigeria | 奈及利亞 尼日利亞; kenya | 肯亞 肯尼亞; ethiopia | 衣索比亞 埃塞俄比亞; pakistan | 巴基斯坦;
bangladesh | 孟加拉; srilanka | 斯里蘭卡; nepal | 尼泊爾; kazakhstan | 哈薩克 哈薩克斯坦; mongolia | 蒙古;
beijing, peking | 北京; shanghai | 上海; shenzhen | 深圳; guangzhou | 廣州; hangzhou | 杭州; nanjing | 南京;
suzhou | 蘇州; chengdu | 成都; wuhan | 武漢; xian | 西安; tianjin | 天津; chongqing | 重慶; hefei | 合肥;
zhejiang | 浙江; guangdong | 廣東; jiangsu | 江蘇; taipei | 台北 臺北; hsinchu | 新竹; taichung | 台中 臺中;
tainan | 台南 臺南; kaohsiung | 高雄; tokyo | 東京; osaka | 大阪; kyoto | 京都; seoul | 首爾; busan | 釜山;
newyork, nyc, newyorkcity | 紐約; losangeles | 洛杉磯; sanfrancisco | 舊金山 三藩市; seattle | 西雅圖;
boston | 波士頓; chicago | 芝加哥; texas | 德州 得克薩斯; california | 加州 加利福尼亞; washington | 華盛頓;
florida | 佛羅里達; miami | 邁阿密; houston | 休士頓 休斯頓; austin | 奧斯汀; london | 倫敦; paris | 巴黎;
berlin | 柏林; munich | 慕尼黑; zurich | 蘇黎世; geneva | 日內瓦; amsterdam | 阿姆斯特丹; brussels | 布魯塞爾;
stockholm | 斯德哥爾摩; vienna | 維也納; moscow | 莫斯科; rome | 羅馬; milan | 米蘭; madrid | 馬德里;
barcelona | 巴塞隆納 巴塞羅那; sydney | 雪梨 悉尼; melbourne | 墨爾本; toronto | 多倫多; montreal | 蒙特婁 蒙特利爾;
vancouver | 溫哥華; dubai | 杜拜 迪拜; abudhabi | 阿布達比 阿布扎比; telaviv | 特拉維夫; jerusalem | 耶路撒冷;
haifa | 海法; istanbul | 伊斯坦堡 伊斯坦布爾; warsaw | 華沙; prague | 布拉格; budapest | 布達佩斯; copenhagen | 哥本哈根;
helsinki | 赫爾辛基; oslo | 奧斯陸; lisbon | 里斯本; dublin | 都柏林; edinburgh | 愛丁堡; manchester | 曼徹斯特;
hamburg | 漢堡; frankfurt | 法蘭克福; lausanne | 洛桑; santaclara | 聖塔克拉拉 聖克拉拉; sanjose | 聖荷西 聖何塞;
sandiego | 聖地牙哥 聖迭戈; santabarbara; santacruz; irvine; denver | 丹佛; detroit | 底特律; atlanta | 亞特蘭大;
philadelphia | 費城; pittsburgh | 匹茲堡; dallas | 達拉斯; arizona | 亞利桑那; pennsylvania | 賓州 賓夕法尼亞;
virginia | 維吉尼亞 弗吉尼亞; michigan | 密西根 密歇根; illinois | 伊利諾 伊利諾伊; ohio | 俄亥俄; georgia | 喬治亞 佐治亞;
maryland | 馬里蘭; massachusetts | 麻州 麻薩諸塞 馬薩諸塞; minnesota | 明尼蘇達; wisconsin | 威斯康辛; indiana | 印第安納;
oregon | 奧勒岡 俄勒岡; utah | 猶他; colorado | 科羅拉多; nevada | 內華達; tennessee | 田納西; louisiana | 路易斯安那;
northcarolina | 北卡 北卡羅來納; southcarolina | 南卡 南卡羅來納; newjersey | 新澤西 紐澤西; alberta | 亞伯達 阿爾伯塔;
ontario | 安大略; quebec | 魁北克; britishcolumbia | 卑詩 不列顛哥倫比亞; zhengzhou | 鄭州; changsha | 長沙;
xiamen | 廈門; qingdao | 青島; jinan | 濟南; dalian | 大連; harbin | 哈爾濱; fujian | 福建; hunan | 湖南;
hubei | 湖北; shandong | 山東; sichuan | 四川; taoyuan | 桃園; hokkaido | 北海道; nagoya | 名古屋;
kumamoto | 熊本; chennai | 金奈; hyderabad | 海得拉巴; riyadh | 利雅德 利雅得; mumbai | 孟買;
bangalore, bengaluru | 班加羅爾; delhi, newdelhi | 新德里; bangkok | 曼谷; jakarta | 雅加達; hanoi | 河內;
manila | 馬尼拉; kualalumpur | 吉隆坡
"""

# Given names; the short and long forms of one name form a group.
_GIVEN_NAMES = """
aaron; abraham abe; adam; aidan; alan allan allen; albert; alec;
alexander alex alexandr aleksander; alexei aleksei; alexandre; alfred; alice; alina; amanda; amir;
amy; anastasia; andrea; andreas; andrew andy drew; andrej andrei andrey; angela; anna; anne;
anthony tony; antonio; arav aravind; aravindh; arthur; arvind; ashish; ashley; barret;
benjamin ben; bernard; bill william will; bindu; boris; brad bradley; brandon; brendan; brett;
brian; bryan; bret; carl; carlos; caroline; catherine cathy; cedric; charles charlie; chelsea;
chris christopher; christian; christina; claire; clement clem; cliff; colin; connor; craig;
dan daniel danny; daniela; dario; daphne; dave david; dean; demis; denis; dennis; derek; diana;
diego; dmitri dmitry; donald don; doug douglas; durk; dustin; dylan; ed edward eddie; elena; eli;
elias; eliezer; elizabeth liz; elon; emad; emily; emma; emmanuel; eric erik; ethan; eugene; evan;
fei; felix; fidji; francois; frank; francis; frederic; fred; gabriel; gary; garry; geoffrey geoff;
george; georgi; gerald; gideon; gil; giovanni; graham; grant; greg gregory; guido; guillaume;
gustav; guy; hannah; hans; harold; harrison; harry; harvey; heather; helen; henry; herbert; hugo;
ian; igor; ilya; irene; isaac; ivan; jack; jacob jake; jakob; jakub; james jim jimmy; jamie; jan;
jane; jared; jason jase; javier; jay; jean; jeff jeffrey; jennifer jen jenny; jensen; jeremy;
jerome; jerry; jesse; jessica; jill; joanne; joelle; joe joseph; joel; johan; john johnny;
jon jonathan; jordan; jorge; jose; josh joshua; juan; judea; judy; julia; julian; julie; jurgen;
justin; karen; karl; kate katherine; kathy; kelly; ken kenneth; kevin; kyle; larry; laura; lauren;
lee; leo leonardo; leon; leonard; leslie; lex; lilian; linda; linus; lisa; logan; louis; lucas;
luca; luis; luke; lukasz; marc; marcus; margaret; maria; marie; mario; mark; martin; marvin; mary;
mathieu; matthew matt; max maxim; megan; mehdi; melanie; mercedes; merve; michael mike; michelle;
miguel; mikhail; miles; mira; mohammed mohamed muhammad; monica; mustafa; nat nathan nathaniel;
natalie; neil; nicholas nick; nicolas; nicole; nikita; niklas; noah; noam; nora; oliver; olivia;
omar; oren; oriol; oscar; pamela; parag; patrick pat; paul; paula; pedro; percy; peter pete;
phil philip phillip; pierre; pieter; priya; quoc; rachel; rafael; raj; rajat; ralph; ray raymond;
rebecca; reid; rene; rich richard rick; rob robert bob bobby; robin; rodney; roger; rohan; roman;
ron ronald; ross; roy; russell; ruslan; ryan; sam samuel; samantha; samy; sandra; sara sarah;
satya; scott; sean; sebastian; sergey sergei; seth; shane; shannon; sharon; shawn; shyam; simon;
sofia; sonia; soumith; stefan; stephanie; stephen steve steven; stuart; sundar; susan; sven;
sylvain; tanishq; tara; ted; teresa; terry terence terrence; thomas tom thom; tim timothy; timnit;
tobias; tobi; todd; tomas; tory; travis; trevor; tri; tristan; tyler; ursula; vadim; vernor;
victor; vijay; vincent; vinod; vitalik; vladimir; walter; warren; wayne; wendy; werner; wes; wing;
wojciech; xavier; yann; yannic; yasmin; yejin; yoshua; yuri; yuval; zachary zach; zoe; zico
"""
# The most common family names in pinyin; a name with one may be in either order.
_PINYIN_SURNAMES = frozenset(
    """
bai bao cai cao chang chen cheng cui dai deng ding dong du duan fan fang feng fu gao ge gong gu
guo han hao he hong hou hu huang hui jia jiang jin kong lai lei li liang liao lin ling liu long lu
luo lv ma mao meng mo ni pan pang peng qi qian qiao qin qiu ren shao shen shi song su sun tan tang
tao tian tong wan wang wei wen wu xia xiang xiao xie xiong xu xue yan yang yao ye yi yin you yu
yuan zeng zhang zhao zheng zhong zhou zhu zhuang zou
""".split()
)


def _read_rows(rows: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return (joined Latin spelling → identity, folded Chinese name → identity)."""
    latin: dict[str, str] = {}
    chinese: dict[str, str] = {}
    for row in re.split("[;\n]", rows):
        if not row.strip():
            continue
        latin_part, _, chinese_part = row.partition("|")
        # A spelling is written with spaces for reading only: "boston dynamics".
        latin_part = latin_part.replace(" ", "")
        spellings = latin_part.split(",")
        identity = spellings[0]
        for spelling in spellings:
            latin[spelling] = identity
        for name in chinese_part.split():
            chinese[fold(name)] = identity

    return latin, chinese


@cache
def makers() -> dict[str, str]:
    """Return joined Latin spelling of a maker → identity: `deepseekai` → `deepseek`."""
    return _read_rows(_MAKERS)[0]


@cache
def makers_in_chinese() -> dict[str, str]:
    """Return folded Chinese name of a maker → identity."""
    return _read_rows(_MAKERS)[1]


@cache
def places() -> dict[str, str]:
    """Return joined Latin name of a place → identity."""
    return _read_rows(_PLACES)[0]


@cache
def places_in_chinese() -> dict[str, str]:
    """Return folded Chinese name of a place → identity."""
    return _read_rows(_PLACES)[1]


@cache
def given_names() -> dict[str, str]:
    """Return given name → first form of its group: `thom` → `thomas`."""
    table: dict[str, str] = {}
    for group in _GIVEN_NAMES.split(";"):
        forms = group.split()
        for form in forms:
            table[form] = forms[0]

    return table


def is_pinyin_surname(word: str) -> bool:
    """Return whether `word` is one of the common Chinese family names in pinyin."""
    return word in _PINYIN_SURNAMES


def parent(maker: str) -> str:
    """Return the group a maker belongs to; a maker without one is its own group."""
    return _PARENTS.get(maker, maker)


def has_arms(name: str) -> bool:
    """Return whether "`name` AI" or "`name` Labs" is something other than `name`."""
    return name in _NAMES_WITH_ARMS
