"""Rows of the vocabulary for single words, and plain English words without a Chinese counterpart.

The format of a row is described in `phrases`.
"""

WORDS = """
ai, artificial intelligence | 人工智慧 人工智能
superintelligence, super intelligence, asi, artificial superintelligence | 超級智慧 超級智能 超智能 超人工智慧
embodied | 具身
agent | 智能體 代理人 智慧體
agentic | 代理式
knowledge | 知識
neural | 神經
network | 網路 網絡
attention | 注意力
transformer, transformer architecture | 變換器 transformer架構
tokenizer | 分詞器 斷詞器 標記器
tokenization, tokenisation | 分詞 斷詞 標記化 詞元化
token | 詞元
embedding | 嵌入 嵌入向量
vector | 向量
database, db | 資料庫 數據庫
data | 資料 數據
dataset, data set | 資料集 數據集
information | 資訊 信息
metadata | 元資料 元數據 後設資料 中繼資料
hallucination | 幻覺
alignment | 對齊
inference | 推論 ai推理 模型推理
reasoning | 推理
training | 訓練
pretraining, pre training | 預訓練
quantization, quantisation | 量化
distillation, knowledge distillation | 蒸餾 知識蒸餾
pruning | 剪枝
compression | 壓縮
optimization, optimisation | 最佳化 優化
optimizer, optimiser | 優化器 最佳化器
preference | 偏好
policy | 策略
interpretability | 可解釋性
explainability | 可說明性
robustness | 魯棒性 穩健性 強健性
generalization, generalisation | 泛化
overfitting | 過擬合 過度擬合
context | 上下文
prompt | 提示詞 提示
injection | 注入
jailbreak, jailbreaking | 越獄
guardrail | 護欄 防護欄
benchmark | 基準 基準測試 評測基準
leaderboard | 排行榜
evaluation | 評估 評測 評量
tool | 工具
segmentation | 分割
classification | 分類
clustering | 聚類 分群
homology | 同源
recognition | 識別 辨識
detection | 檢測 偵測
image | 圖像 圖片 影像
video | 視頻 影片
audio | 音訊 音頻
voice | 語音
speech | 口語
music | 音樂
vision, visual | 視覺
multimodal, multi modal | 多模態
modality | 模態
generation | 生成
understanding | 理解
editing | 編輯
coding, programming | 編程 程式設計 編碼
code | 代碼 程式碼
software | 軟體 軟件
hardware | 硬體 硬件
weight | 權重
parameter | 參數
gradient | 梯度
algorithm | 演算法 算法
architecture | 架構
framework | 框架
platform | 平台
system | 系統
service | 服務
infrastructure, infra | 基礎設施 基礎建設 基礎架構
cloud | 雲端
computing | 運算 計算
quantum | 量子
supercomputer | 超級電腦 超級計算機
server | 伺服器 服務器
chip | 晶片 芯片
nanometer, nm | 奈米 納米
semiconductor | 半導體
wafer | 晶圓
foundry, wafer foundry | 晶圓代工
lithography | 光刻 微影
memory | 記憶體 內存
gpu, graphic processing unit, graphics processor | 圖形處理器 繪圖處理器 圖形處理單元 顯卡
cpu, central processing unit | 中央處理器 中央處理單元
npu, neural processing unit | 神經處理單元 神經網路處理器
processor | 處理器
silicon | 硅 矽
cache | 快取 緩存
latency | 延遲
throughput | 吞吐量
bandwidth | 頻寬 帶寬
driverless, driverless driving | 無人駕駛
robotaxi, robo taxi | 無人計程車 無人駕駛出租車 自駕計程車 無人出租車 無人駕駛計程車
robotics | 機器人學 機器人技術
robot | 機器人
drone, unmanned aerial vehicle, uav | 無人機
battery | 電池
energy | 能源
cybersecurity, cyber security, information security, infosec | 網路安全 網絡安全 資安 資訊安全 信息安全
safety | 安全性
governance | 治理
compliance | 合規
regulation | 監管
privacy | 隱私
encryption | 加密
cryptocurrency, crypto currency | 加密貨幣 虛擬貨幣
blockchain | 區塊鏈
stablecoin | 穩定幣
vulnerability | 漏洞
malware, malicious software | 惡意軟體 惡意程式 惡意軟件
ransomware | 勒索軟體 勒索軟件
phishing | 網路釣魚 釣魚 釣魚攻擊
backdoor | 後門
deepfake, deep fake | 深偽 深度偽造 深假
watermark, watermarking | 浮水印 水印
attack | 攻擊
fingerprinting, fingerprint | 指紋
website | 網站
browser | 瀏覽器
search | 搜尋 搜索
bias | 偏見 偏差
fairness | 公平性
copyright | 版權 著作權
patent | 專利
tariff | 關稅
sanction | 制裁
inflation | 通膨 通貨膨脹 通脹
funding, fundraising, financing | 融資 募資
valuation | 估值
ipo, initial public offering | 首次公開募股 首次公開發行
acquisition | 收購
capital | 資本
investment | 投資
layoff | 裁員
startup | 新創 初創公司 新創公司 初創企業 創業公司
unicorn | 獨角獸
revenue | 營收 收入
metaverse | 元宇宙
smartphone | 智慧型手機 智能手機
smart | 智慧型
intelligence | 智能 智慧
phone | 手機
wearable | 穿戴裝置 可穿戴設備 穿戴式裝置
application, app | 應用程式 應用
api | 應用程式介面
gateway | 閘道 網關
provider | 供應商
developer | 開發者
user | 使用者 用戶
enterprise | 企業
series | 系列
workflow | 工作流 工作流程
automation | 自動化
chatbot | 聊天機器人
assistant | 助理 助手
healthcare, health care | 醫療保健 醫療健康
medical | 醫療 醫學
protein | 蛋白質
bioinformatics | 生物資訊學 生物信息學
education | 教育
finance | 金融
manufacturing | 製造業 製造
agriculture | 農業
retail | 零售
logistics | 物流
tactile | 觸覺
sensor | 感測器 傳感器
lidar | 光達 激光雷達
simulation | 模擬 仿真
decoding | 解碼
decoder | 解碼器
encoder | 編碼器
autoencoder | 自編碼器
backpropagation | 反向傳播
parallelism | 並行
distributed | 分散式 分布式
caching | 快取機制
observability | 可觀測性
scalability | 可擴展性
singularity | 奇點
feedback | 反饋 回饋
causal | 因果
planning | 規劃
translation | 翻譯
text | 文本 文字
summarization | 摘要生成 自動摘要
document | 文件 文檔
language | 語言
model | 模型
learning | 學習
university | 大學
institute | 研究所 研究院 學院
laboratory, lab | 實驗室
foundation | 基金會
committee, commission | 委員會
association | 協會
department | 部門
ministry | 部
government | 政府
group | 集團
company, corporation | 公司
limited | 股份 有限公司 股份有限公司
holding | 控股
license, licence | 授權 許可證 許可協議
act | 法案
open | 開放
science | 科學
scientist | 科學家
research | 研究
engineering | 工程
technology, tech | 科技 技術
law | 法律
industrial | 工業
defense, defence | 國防
military | 軍事
neuromorphic | 類腦
domestic | 國產
native | 原生
personal | 個人
insurance | 保險
construction | 建築
ecommerce, e commerce | 電商 電子商務
theory | 理論
method | 方法
multi | 多
last | 最後
"""


# English words that only describe: a phrase of them is no proper name.
PLAIN = """
academic action adapter adaptive advanced aerospace agricultural analysis analytical analytics api
art asset audit author automated automatic automotive aware bank banking based basic bench big
biological blog bot brain build builder business byte canvas card center chain chat check
checkpoint chemical class classic classroom cli client clinical cluster coder college commercial
community computational connect console consumer content control conversational core corporate
course creator cultural customer cyber daily decentralized deep demo deploy design desktop detector
device digital direct director discovery domain drive economic economy editor educational effect
electrical electronic element emotional enterprise entity environment environmental error ethical
event everyday exchange experimental expert explorer express extension factory feature federal file
film financial fiscal flow foreign format forum free function fund game gen generative generator
generic genetic global gradient guard guide hack hardware health historical hospital hub human
hybrid ide idea immersive index industry information input insight institution integration
interactive interface international internet item judicial kernel keynote kit launch layer lead
legal legislative level library life light limit link list live local logical machine magazine
management manager manual map maritime market math mathematical mechanical medicine meeting memo
mental message mission mobile mode monetary monitor movie multilingual municipal name nation
national news node note notebook notes number numerical object ocean office offline online operator
option order os output package page paper parallel part party path pattern payment performance
person personal pharmaceutical photo physical physics pipeline plan play player plugin point
political portable portal post power practical practice prediction predictive predictor press
preventive print private proactive process product production program project proprietary protocol
proximal proxy public quality query question rank rate reader reason record regional regulatory
release reliable report request rerank residential resource response result review reward risk
robust role route router rule rural safe sale sample scalable scale scanner scene school science
scientific score screen script sdk section secure self sequence series session set sharded shop
signal site skill social solution source space spatial specialized stack stage standard state
station statistical step storage store strategy stream street structure studio study suite summit
support survey sustainable symbolic table task team technical template temporal test testing
textual theme theoretical thing think thinking time token topic trace tracing track trade
traditional traffic train trainer trusted type unit universal update urban value verbal verified
version vertical view voice wallet watch wave web webinar wiki window wireless word work worker
workforce workplace workshop world writer zone
"""
